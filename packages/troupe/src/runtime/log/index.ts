/**
 * runtime/log: what the node and the users of sinks take from this room.
 */
export type { ConsoleSinkOptions, LogStream } from './console-sink.js'
export { consoleSink } from './console-sink.js'
export { jsonLine, plainRecord } from './json-line.js'
export type { LevelCell } from './level.js'
export type { LogVerbs } from './log.js'
export { Log } from './log.js'
export type { MemorySink, MemorySinkOptions } from './memory-sink.js'
export { memorySink } from './memory-sink.js'
export type { PlainFields, PlainValue } from './plain-value.js'
export { plainFields, plainValue } from './plain-value.js'
export { SourceLogger } from './source-logger.js'
