// oneDNN behind one interface for versions 2.6 (Debian 12) and 3.x: only creation of descriptors differs.
#pragma once
#include <dnnl.h>
#include <stdlib.h>

// libgomp's; its header is the compiler's own and not always installed.
void omp_set_num_threads(int);
int omp_get_max_threads(void);

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t onednn_layout;
#else
typedef const dnnl_memory_desc_t *onednn_layout;
#endif

static inline onednn_layout onednn_layout_create(int rank, const dnnl_dim_t *dims, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_t layout = NULL;
    return dnnl_memory_desc_create_with_tag(&layout, rank, dims, dnnl_f32, tag) == dnnl_success ? layout : NULL;
#else
    dnnl_memory_desc_t *layout = (dnnl_memory_desc_t *)malloc(sizeof *layout);
    if (dnnl_memory_desc_init_by_tag(layout, rank, dims, dnnl_f32, tag) == dnnl_success) return layout;
    free(layout);
    return NULL;
#endif
}

/// A copy of the layout that a primitive chose for one of its arguments; the caller destroys it.
static inline onednn_layout onednn_layout_of_argument(const_dnnl_primitive_desc_t primitive, int argument) {
#if DNNL_VERSION_MAJOR >= 3
    const_dnnl_memory_desc_t found = dnnl_primitive_desc_query_md(primitive, dnnl_query_exec_arg_md, argument);
    dnnl_memory_desc_t copy = NULL;
    return found && dnnl_memory_desc_clone(&copy, found) == dnnl_success ? copy : NULL;
#else
    const dnnl_memory_desc_t *found = dnnl_primitive_desc_query_md(primitive, dnnl_query_exec_arg_md, argument);
    if (!found) return NULL;
    dnnl_memory_desc_t *copy = (dnnl_memory_desc_t *)malloc(sizeof *copy);
    *copy = *found;
    return copy;
#endif
}

static inline void onednn_layout_destroy(onednn_layout layout) {
#if DNNL_VERSION_MAJOR >= 3
    if (layout) dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout);
#else
    free((void *)layout);
#endif
}

static inline size_t onednn_layout_bytes(onednn_layout layout) { return dnnl_memory_desc_get_size(layout); }
static inline int onednn_layouts_equal(onednn_layout a, onednn_layout b) { return dnnl_memory_desc_equal(a, b); }

/// Every primitive takes its scratch memory from the caller: library-owned scratch is shared between threads.
static inline dnnl_primitive_attr_t onednn_attributes(void) {
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_attr_create(&attributes);
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    return attributes;
}

typedef struct {
    dnnl_prop_kind_t direction; // dnnl_forward_training, dnnl_backward_data or dnnl_backward_weights
    onednn_layout input, weights, output;
    const dnnl_dim_t *strides, *dilations, *padding_low, *padding_high;
} onednn_convolution;

static inline dnnl_primitive_desc_t onednn_convolution_create(dnnl_engine_t engine, onednn_convolution c) {
    dnnl_primitive_attr_t attributes = onednn_attributes();
    dnnl_primitive_desc_t result = NULL, hint = NULL;
    dnnl_status_t status;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_convolution_forward_primitive_desc_create(
        c.direction == dnnl_forward_training ? &result : &hint, engine, dnnl_forward_training, dnnl_convolution_direct,
        c.input, c.weights, NULL, c.output, c.strides, c.dilations, c.padding_low, c.padding_high, attributes);
    if (status == dnnl_success && c.direction == dnnl_backward_data)
        status = dnnl_convolution_backward_data_primitive_desc_create(
            &result, engine, dnnl_convolution_direct, c.input, c.weights, c.output, c.strides, c.dilations,
            c.padding_low, c.padding_high, hint, attributes);
    else if (status == dnnl_success && c.direction == dnnl_backward_weights)
        status = dnnl_convolution_backward_weights_primitive_desc_create(
            &result, engine, dnnl_convolution_direct, c.input, c.weights, NULL, c.output, c.strides, c.dilations,
            c.padding_low, c.padding_high, hint, attributes);
#else
    dnnl_convolution_desc_t forward, backward;
    status = dnnl_dilated_convolution_forward_desc_init(
        &forward, dnnl_forward_training, dnnl_convolution_direct, c.input, c.weights, NULL, c.output, c.strides,
        c.dilations, c.padding_low, c.padding_high);
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(
            c.direction == dnnl_forward_training ? &result : &hint, &forward, attributes, engine, NULL);
    if (status == dnnl_success && c.direction == dnnl_backward_data)
        status = dnnl_dilated_convolution_backward_data_desc_init(
            &backward, dnnl_convolution_direct, c.input, c.weights, c.output, c.strides, c.dilations, c.padding_low,
            c.padding_high);
    else if (status == dnnl_success && c.direction == dnnl_backward_weights)
        status = dnnl_dilated_convolution_backward_weights_desc_init(
            &backward, dnnl_convolution_direct, c.input, c.weights, NULL, c.output, c.strides, c.dilations,
            c.padding_low, c.padding_high);
    if (status == dnnl_success && c.direction != dnnl_forward_training)
        dnnl_primitive_desc_create(&result, &backward, attributes, engine, hint);
#endif
    if (hint) dnnl_primitive_desc_destroy(hint);
    dnnl_primitive_attr_destroy(attributes);
    return result;
}

static inline dnnl_primitive_desc_t onednn_reorder_create(dnnl_engine_t engine, onednn_layout from, onednn_layout to) {
    dnnl_primitive_attr_t attributes = onednn_attributes();
    dnnl_primitive_desc_t result = NULL;
    dnnl_reorder_primitive_desc_create(&result, from, engine, to, engine, attributes);
    dnnl_primitive_attr_destroy(attributes);
    return result;
}

static inline dnnl_memory_t onednn_memory_create(dnnl_engine_t engine, onednn_layout layout) {
    dnnl_memory_t memory = NULL;
    dnnl_memory_create(&memory, layout, engine, DNNL_MEMORY_NONE);
    return memory;
}

/// Memory that oneDNN allocates itself (its constant for that is a cast macro, which Swift cannot import).
static inline dnnl_memory_t onednn_memory_allocate(dnnl_engine_t engine, onednn_layout layout) {
    dnnl_memory_t memory = NULL;
    dnnl_memory_create(&memory, layout, engine, DNNL_MEMORY_ALLOCATE);
    return memory;
}

static inline const char *onednn_implementation(const_dnnl_primitive_desc_t primitive) {
    const char *name = NULL;
    dnnl_primitive_desc_query(primitive, dnnl_query_impl_info_str, 0, &name);
    return name;
}

static inline size_t onednn_scratch_bytes(const_dnnl_primitive_desc_t primitive) {
    const
#if DNNL_VERSION_MAJOR >= 3
        struct dnnl_memory_desc
#else
        dnnl_memory_desc_t
#endif
        *scratch = dnnl_primitive_desc_query_md(primitive, dnnl_query_scratchpad_md, 0);
    return scratch ? dnnl_memory_desc_get_size(scratch) : 0;
}
