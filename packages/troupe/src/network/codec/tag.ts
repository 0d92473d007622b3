/**
 * network/codec/tag: the first byte of every value; docs/reference/wire.md tells what follows.
 *
 * Limit: tags above `CUSTOM` are free; a decoder refuses them.
 */

/** Below it: the whole numbers 0 to 127 themselves. */
export const STRING_SHORT = 0x80
/** Longest string whose length is in its tag. */
export const STRING_SHORT_MAX = 31
export const ARRAY_SHORT = 0xa0
/** Longest array whose length is in its tag. */
export const ARRAY_SHORT_MAX = 15
export const SHAPE_SHORT = 0xb0
/** Highest shape whose number is in its tag. */
export const SHAPE_SHORT_MAX = 31
export const NULL = 0xd0
export const UNDEFINED = 0xd1
export const FALSE = 0xd2
export const TRUE = 0xd3
export const INT8 = 0xd4
export const INT16 = 0xd5
export const INT32 = 0xd6
export const FLOAT64 = 0xd7
export const LATIN1 = 0xd8
export const LATIN1_LONG = 0xd9
export const UTF8 = 0xda
export const UTF8_LONG = 0xdb
export const UTF16 = 0xdc
export const ARRAY = 0xdd
export const SHAPE = 0xde
export const SHAPE_NEW = 0xdf
export const OBJECT = 0xe0
export const OBJECT_BARE = 0xe1
export const MAP = 0xe2
export const SET = 0xe3
export const DATE = 0xe4
export const BIGINT = 0xe5
export const BINARY = 0xe6
export const ERROR = 0xe7
export const PID = 0xe8
export const REF = 0xe9
export const ALIAS = 0xea
export const PROCESS_NAME = 0xeb
export const EVENT_NAME = 0xec
export const NODE_NAME = 0xed
export const CUSTOM = 0xee

/** What a map, a set, a binary or an error weighs beside an array. */
export const HEAVY = 4

/** What `name` writes before a name that is no entry of the dictionary. */
export const NAME_INLINE = 0
export const NAME_NEW = 1
/** Added to the number of an entry. */
export const NAME_ENTRY = 2

/** Bits of the byte that follows ERROR and tell what is there. */
export const ERROR_STACK = 1
export const ERROR_CAUSE = 2
export const ERROR_CODE = 4
export const ERROR_DETAIL = 8
export const ERROR_MANY = 16
export const ERROR_FLAGS = 31
