/**
 * hub/frame: one event of a stream as bytes, made once for all who are told it.
 *
 * @source WHATWG HTML, "Server-sent events"
 */
import type { StreamEvent } from '#observer/contract/api'

/** Bytes on their way to browsers; shared, so nobody changes them. */
export type Frame = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

// JSON holds no line break, so each event is one line.
const framed = (json: string): Frame => encoder.encode(`data: ${json}\n\n`)

/** Any event, written. */
export const eventFrame = (event: StreamEvent): Frame => framed(JSON.stringify(event))

/** A sheet that is written already. */
export const stateFrame = (subject: string, sheet: string): Frame =>
  framed(`{"kind":"state","subject":${JSON.stringify(subject)},"sheet":${sheet}}`)

/** A line that browsers leave out: it shows both sides that the other one is there. */
export const HEARTBEAT: Frame = encoder.encode(':\n\n')
