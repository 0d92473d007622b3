/**
 * Which state of a member may follow which: the tests of one member and of whole clusters go by it.
 */
import type { MemberState } from '#contract'

/** Every step that may be told; between two lives `gone` comes first. */
export const LEGAL: Readonly<Record<MemberState | 'unknown', readonly MemberState[]>> = {
  unknown: ['discovering', 'suspect', 'connected'],
  discovering: ['connected', 'suspect', 'gone'],
  connected: ['responding', 'suspect', 'unresponsive', 'gone'],
  responding: ['suspect', 'unresponsive', 'gone', 'connected'],
  suspect: ['connected', 'responding', 'unresponsive', 'discovering', 'gone'],
  unresponsive: ['connected', 'responding', 'suspect', 'gone'],
  gone: ['discovering', 'suspect', 'connected'],
}
