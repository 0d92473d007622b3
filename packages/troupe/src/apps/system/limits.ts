/**
 * apps/system/limits: how much of a node may be looked at, at once and in one turn.
 *
 * An inspection must never be what slows a node down: whatever is asked, no turn of the process
 * `system` takes longer than a slice.
 */

/** Most processes looked at in one turn. */
export const SLICE_UNITS = 8_192
/** Longest slice, in milliseconds; looked at every `CLOCK_UNITS`. */
export const SLICE_MS = 0.5
export const CLOCK_UNITS = 256
/** Short questions answered in one turn. */
export const QUICK_PER_TURN = 16
/** Short questions that wait. */
export const QUICK_WAITING_MAX = 256
/** Scans that wait, of all nodes and of one. */
export const SCANS_WAITING_MAX = 16
export const SCANS_PER_NODE_MAX = 4
/** Rows of a page. */
export const ROWS_DEFAULT = 50
export const ROWS_MAX = 500
/** Characters of one page, about: beyond it a page is shorter than asked. */
export const PAGE_CHARS_MAX = 262_144
/** Characters of a name that are told. */
export const NAME_CHARS_MAX = 255
/** Characters of one value that is told: `inspect()`, a payload, the fields of a record. */
export const VALUE_CHARS_MAX = 16_384
/** Tokens of a question that needs a scan; a short one takes 1. */
export const SCAN_COST = 5
/** Asking nodes whose tokens are counted one by one. */
export const ASKERS_MAX = 1_024
