"""The workloads of 'swiftgan benchmark' as a PyTorch user would write them; run by scripts/compare-with-pytorch.

    pytorch_workloads.py step WORKLOAD DTYPE VARIANT STEPS     VARIANT: first, last (channels), compiled
    pytorch_workloads.py sampling BATCH
    pytorch_workloads.py values SWIFTGAN                       compares values, and prints the largest differences
"""
import math, statistics, subprocess, sys, tempfile, time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)
torch.manual_seed(0)
BATCH = {"ring": 256}


def dcgan_generator(latents, widths, first, image, activation=nn.ReLU, normalize=True):
    layers = [nn.ConvTranspose2d(latents, widths[0], first, bias=False), nn.BatchNorm2d(widths[0]), activation()]
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), activation()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(widths[-1], image, 4, 2, 1, bias=False), nn.Tanh())


def dcgan_discriminator(widths, last, image, isNormalized=True):
    layers = [nn.Conv2d(image, widths[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for inputs, outputs in zip(widths, widths[1:]):
        layers.append(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False))
        if isNormalized:
            layers.append(nn.BatchNorm2d(outputs))
        layers.append(nn.LeakyReLU(0.2))
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, last, bias=False), nn.Flatten())


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first, self.second = nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, x):
        return x + self.second(F.leaky_relu(self.first(F.leaky_relu(x, 0.2)), 0.2))


def residual_pair(width=96, latents=64):
    def enlarge():
        return nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)

    generator = [nn.Linear(latents, width * 16), nn.Unflatten(1, (width, 4, 4)), Block(width)]
    discriminator = [nn.Conv2d(3, width, 3, 1, 1), Block(width)]
    for _ in range(3):
        generator += [enlarge(), Block(width)]
        discriminator += [nn.AvgPool2d(2), Block(width)]
    generator += [nn.Conv2d(width, 3, 3, 1, 1), nn.Tanh()]
    discriminator += [nn.Flatten(), nn.Linear(width * 16, 1)]
    return nn.Sequential(*generator), nn.Sequential(*discriminator)


def perceptron(inputs, outputs, width=512):
    layers = []
    for size in (inputs, width, width):
        layers += [nn.Linear(size, width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


def workload(name):
    """Generator, discriminator, latent shape, example shape, objective."""
    if name == "ring":
        return perceptron(32, 2), perceptron(2, 1), (32,), (2,), "relativistic"
    if name == "resnet32-r12":
        return *residual_pair(), (64,), (3, 32, 32), "relativistic"
    if name == "mnist28":
        return dcgan_generator(100, [128, 64], 7, 1), dcgan_discriminator([64, 128], 7, 1), (100, 1, 1), (1, 28, 28), "entropy"
    widths = [64, 128, 256, 512]
    generator = dcgan_generator(100, widths[::-1], 4, 3)
    if name == "dcgan64":
        return generator, dcgan_discriminator(widths, 4, 3), (100, 1, 1), (3, 64, 64), "entropy"
    return generator, dcgan_discriminator(widths, 4, 3, isNormalized=False), (100, 1, 1), (3, 64, 64), "wasserstein"


def squared_slopes(scores, examples):
    (slopes,) = torch.autograd.grad(scores.sum(), examples, create_graph=True)
    return slopes.flatten(1).square().sum(1)


def entropy(scores, isReal):
    return F.binary_cross_entropy_with_logits(scores, torch.ones_like(scores) if isReal else torch.zeros_like(scores))


def time_steps(name, dtype, variant, count):
    generator, discriminator, latent, example, objective = workload(name)
    reals = torch.rand(BATCH.get(name, 64), *example) * 2 - 1
    if variant == "last":
        generator, discriminator = (net.to(memory_format=torch.channels_last) for net in (generator, discriminator))
        reals = reals.to(memory_format=torch.channels_last)
    optimizers = [torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999), fused=True) for net in (discriminator, generator)]
    draw, judge = generator, discriminator
    if variant == "compiled":
        draw, judge = torch.compile(generator), torch.compile(discriminator)

    def learn_discriminator(latents):
        optimizers[0].zero_grad(set_to_none=True)
        if objective == "entropy":
            fakes = draw(latents)
            entropy(judge(reals).float(), True).backward()
            entropy(judge(fakes.detach()).float(), False).backward()
            optimizers[0].step()
            return fakes
        with torch.no_grad():
            fakes = draw(latents).float()
        if objective == "wasserstein":
            shares = torch.rand(len(reals), 1, 1, 1)
            mixed = (shares * reals + (1 - shares) * fakes).requires_grad_()
            penalty = (squared_slopes(judge(mixed), mixed).sqrt() - 1).square().mean()
            loss = judge(fakes).mean() - judge(reals).mean() + 10 * penalty
        else:
            ours, theirs = reals.detach().clone().requires_grad_(), fakes.requires_grad_()
            real_scores, fake_scores = judge(ours), judge(theirs)
            penalty = squared_slopes(real_scores, ours) + squared_slopes(fake_scores, theirs)
            loss = F.softplus(fake_scores - real_scores).mean() + 0.5 * penalty.mean()
        loss.backward()
        optimizers[0].step()
        return draw(latents)

    def step():
        latents = torch.randn(len(reals), *latent)
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16"):
            fakes = learn_discriminator(latents)
            optimizers[1].zero_grad(set_to_none=True)
            discriminator.requires_grad_(False)
            scores = judge(fakes).float()
            if objective == "entropy":
                loss = entropy(scores, True)
            elif objective == "wasserstein":
                loss = -scores.mean()
            else:
                loss = F.softplus(judge(reals).detach() - scores).mean()
            loss.backward()
            optimizers[1].step()
            discriminator.requires_grad_(True)

    times = []
    for _ in range(3 + count):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(*(f"{1e3 * seconds:.3f}" for seconds in times[3:]))


def time_sampling(batch):
    generator = workload("mnist28")[0].eval()
    rates = {}
    with torch.no_grad():
        for variant in ("first", "last"):
            net = generator.to(memory_format=torch.channels_last) if variant == "last" else generator
            seconds = []
            for _ in range(12):
                latents = torch.randn(batch, 100, 1, 1)
                start = time.perf_counter()
                net(latents)
                seconds.append(time.perf_counter() - start)
            rates[variant] = batch / statistics.median(seconds[3:])
    print(max(rates.values()))


# Values

def layer(name, w):
    """The function of x that the layer of this name is, with weights w."""
    bias = w.get("layer.bias")

    def convolution(dimensions, **options):
        function = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[dimensions]
        return lambda x: function(x, w["layer.weight"], bias, **options)

    def normalization(dims_after):
        def apply(x):
            dims = list(range(dims_after, x.dim()))
            centered = x - x.mean(dims, keepdim=True)
            x = centered / (centered.square().mean(dims, keepdim=True) + 1e-5).sqrt()
            shape = [-1] + [1] * (x.dim() - 2)
            return x * w["layer.scale"].view(shape) + w["layer.shift"].view(shape)
        return apply

    def recurrent(module, order):
        def apply(x):
            units = w["layer.state.weight"].shape[0]
            net = module(x.shape[2], units, batch_first=True)
            parts = {}
            for ours, theirs in (("input", "ih"), ("state", "hh")):
                for kind in ("weight", "bias"):
                    value = w[f"layer.{ours}.{kind}"]
                    value = value.t() if kind == "weight" else value
                    parts[f"{kind}_{theirs}_l0"] = torch.cat([value.split(units)[i] for i in order])
            return torch.func.functional_call(net, parts, (x,))[0]
        return apply

    return {
        "linear": lambda x: x @ w["layer.weight"] + bias,
        "convolution-k4s2": convolution(2, stride=2, padding=1), "convolution-k4s2-small": convolution(2, stride=2, padding=1),
        "convolution-k3s1": convolution(2, padding=1), "convolution-thin": convolution(2, padding=1),
        "convolution-1d": convolution(1, stride=2, padding=2), "convolution-3d": convolution(3, padding=1),
        "convolution-dilated": convolution(2, padding=2, dilation=2), "convolution-groups": convolution(2, padding=1, groups=2),
        "transposed-k4s2": lambda x: F.conv_transpose2d(x, w["layer.weight"], bias, 2, 1),
        "transposed-thin": lambda x: F.conv_transpose2d(x, w["layer.weight"], bias, 2, 1),
        "batch-normalization": lambda x: F.batch_norm(x, None, None, w["layer.scale"], w["layer.shift"], True),
        "layer-normalization": normalization(1), "instance-normalization": normalization(2),
        "gru": recurrent(nn.GRU, [0, 1, 2]), "lstm": recurrent(nn.LSTM, [0, 1, 2, 3]),
        "average-pooling": lambda x: F.avg_pool2d(x, 2), "maximum-pooling": lambda x: F.max_pool2d(x, 2),
        "bilinear": lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False),
        "nearest": lambda x: F.interpolate(x, scale_factor=2), "pixel-shuffle": lambda x: F.pixel_shuffle(x, 2),
        "leaky": lambda x: F.leaky_relu(x, 0.2), "tanh": torch.tanh,
    }[name]


def difference(found, expected):
    """The largest difference relative to the largest number; what is no number differs infinitely."""
    worst = ((found - expected).abs().max() / expected.abs().max().clamp_min(1e-6)).item()
    return worst if math.isfinite(worst) else math.inf


def compare_layers(values):
    worst = {}
    for name in sorted({key.split("/")[0] for key in values} - {"step"}):
        def note(part, found, key):
            ours = values.get(key)
            found = found.detach()
            # A gradient that one side does not have is zero on the other.
            off = difference(found, ours) if ours is not None else (0 if not found.any() else math.inf)
            worst[part] = max(worst.get(part, (0, "")), (off, key))

        x = values[f"{name}/x"].requires_grad_()
        w = {key.split("/w/")[1]: value.requires_grad_() for key, value in values.items() if key.startswith(f"{name}/w/")}
        y = layer(name, w)(x)
        note("outputs", y, f"{name}/y")
        inputs = dict(x=x, **w)
        first = torch.autograd.grad((y.tanh() * values[f"{name}/u"]).sum(), list(inputs.values()), create_graph=True)
        for key, gradient in zip(inputs, first):
            note("first order", gradient, f"{name}/first/{key}")
        second = torch.autograd.grad(first[0].square().sum(), list(inputs.values()), allow_unused=True)
        for key, gradient in zip(inputs, second):
            if gradient is None:
                gradient = torch.zeros_like(inputs[key])
                if f"{name}/second/{key}" not in values:
                    continue
                assert not values[f"{name}/second/{key}"].any(), f"{name}: a second-order gradient for {key}, and PyTorch has none"
            else:
                note("second order", gradient, f"{name}/second/{key}")
    return worst


def smooth_step(values):
    """Losses and gradients of one dcgan64-gp step with tanh units, from the weights in `values`."""
    d, g = ({key.split("/")[2]: value.requires_grad_() for key, value in values.items() if key.startswith(f"step/{net}/")}
            for net in ("discriminator", "generator"))

    def draw(latents):
        x = (latents @ g["project.weight"]).view(-1, 512, 4, 4)
        for index in range(1, 5):
            x = F.batch_norm(x, None, None, g[f"norm{index}.scale"], g[f"norm{index}.shift"], True).tanh()
            x = F.conv_transpose2d(x, g[f"up{index}.weight"], None, 2, 1)
        return x.tanh()

    def judge(x):
        for index in range(1, 5):
            x = F.conv2d(x, d[f"down{index}.weight"], None, 2, 1).tanh()
        return x.flatten(1) @ d["score.weight"]

    reals, fakes = values["step/reals"], draw(values["step/latents"])
    mixed = (reals + (fakes - reals) * values["step/shares"].view(-1, 1, 1, 1)).detach().requires_grad_()
    penalty = (squared_slopes(judge(mixed), mixed).sqrt() - 1).square().mean()
    losses = {
        "discriminator": judge(fakes.detach()).mean() - judge(reals).mean() + 10 * penalty,
        "generator": -judge(fakes).mean(),
    }
    for net, weights in (("discriminator", d), ("generator", g)):
        gradients = torch.autograd.grad(losses[net], list(weights.values()))
        yield f"step/loss/{net}", losses[net].detach().view(1)
        for key, gradient in zip(weights, gradients):
            yield f"step/first/{net}/{key}", gradient


def compare_values(swiftgan):
    from safetensors.torch import load_file, save_file

    def worst(values):
        return max(difference(found, values[key]) for key, found in smooth_step(values))

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([swiftgan, "benchmark", "values", f"{folder}/ours"], check=True)
        values = load_file(f"{folder}/ours")
        rows = [(part, *found) for part, found in compare_layers(values).items()]
        rows.append(("dcgan64-gp step, weights of swiftgan", worst(values), "largest of all gradients and losses"))
        # The other direction: weights that PyTorch made.
        weights = {key: 0.03 * torch.randn_like(value) + (1.0 if key.endswith("scale") else 0.0)
                   for key, value in values.items() if key.startswith(("step/generator/", "step/discriminator/"))}
        save_file(weights, f"{folder}/theirs")
        subprocess.run([swiftgan, "benchmark", "values", f"{folder}/again", "--weights", f"{folder}/theirs"], check=True)
        values = load_file(f"{folder}/again")
        assert all(torch.equal(values[key], value) for key, value in weights.items()), "weights changed on the way"
        rows.append(("dcgan64-gp step, weights of PyTorch", worst(values), "largest of all gradients and losses"))
    for part, off, where in rows:
        print(f"{off:.3e}\t{part}\t{where}")


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "step":
        time_steps(words[0], words[1], words[2], int(words[3]))
    elif command == "sampling":
        time_sampling(int(words[0]))
    else:
        compare_values(words[0])
