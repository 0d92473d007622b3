/**
 * log: sinks for the log of a node that need a library: pino and rotating files.
 */
export type { PinoSink, PinoSinkOptions } from './pino-sink.js'
export { pinoSink } from './pino-sink.js'
export type { RotatingFileOptions } from './rotating-file-options.js'
export { ROTATING_FILE_DEFAULTS } from './rotating-file-options.js'
export type { RotatingFileSink } from './rotating-file-sink.js'
export { rotatingFileSink } from './rotating-file-sink.js'
