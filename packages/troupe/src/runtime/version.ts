/**
 * runtime/version: the version of this package, told to whoever asks a node for its info.
 */
export const VERSION = '0.1.0'
