/**
 * The plain version of the SSE decoder: the whole stream at once, as the specification says it.
 */
import type { SseDecoderLimits } from '#ports/sse/decode'

export interface PlainStream {
  readonly events: readonly string[]
  readonly lastEventId: string
  readonly retryMs: number | undefined
  readonly comments: number
  readonly fault: string | undefined
}

/** Lines and what follows the last of them, each as bytes. */
function linesOf(bytes: Uint8Array): readonly Buffer[] {
  const text = Buffer.from(bytes).toString('latin1')
  return text.split(/\r\n|\r|\n/).map((line) => Buffer.from(line, 'latin1'))
}

export function plainStream(
  bytes: Uint8Array,
  { lineBytesMax, eventBytesMax }: SseDecoderLimits,
): PlainStream {
  const lines = linesOf(bytes)
  const events: string[] = []
  let data = ''
  let type = ''
  let id = ''
  let lastEventId = ''
  let retryMs: number | undefined
  let comments = 0
  const seen = (fault?: string) => ({ events, lastEventId, retryMs, comments, fault })
  for (const [at, line] of lines.entries()) {
    if (line.length > lineBytesMax) return seen('line-too-long')
    // What follows the last line end is no line yet.
    if (at === lines.length - 1) break
    // The decoder of the platform replaces what is no UTF-8, and takes a byte order mark away.
    const text = new TextDecoder('utf-8', { ignoreBOM: at > 0 }).decode(line)
    if (text === '') {
      lastEventId = id
      if (data !== '') events.push(JSON.stringify([type || 'message', data.slice(0, -1), id]))
      data = ''
      type = ''
      continue
    }
    if (text.startsWith(':')) {
      comments += 1
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(text) ?? []
    if (field === 'event') type = value
    else if (field === 'data') data += `${value}\n`
    else if (field === 'id' && !value.includes('\0')) id = value
    else if (field === 'retry' && /^[0-9]+$/.test(value)) retryMs = Number(BigInt(value))
    if (Buffer.byteLength(data) > eventBytesMax) return seen('event-too-large')
  }
  return seen()
}
