/**
 * test/list/small-disk: preloaded into a program whose files may be kept from growing.
 *
 * The signal of the kernel for it would end the program; ignored, the write itself fails.
 */
process.on('SIGXFSZ', () => {})
