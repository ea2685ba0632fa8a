import SwiftGAN

SwiftGAN.main(recipes: .builtIn)
