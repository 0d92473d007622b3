/**
 * The plain version of the SSE decoder: the whole stream as one text, as the specification says it.
 */

export interface PlainStream {
  readonly events: readonly string[]
  readonly lastEventId: string
  readonly retryMs: number | undefined
}

export function plainStream(bytes: Uint8Array): PlainStream {
  // The decoder of the platform takes the byte order mark away and replaces what is no UTF-8.
  const text = new TextDecoder('utf-8').decode(bytes)
  const lines = text.split(/\r\n|\r|\n/)
  // What follows the last line end is no line yet.
  lines.pop()
  const events: string[] = []
  let data = ''
  let type = ''
  let id = ''
  let lastEventId = ''
  let retryMs: number | undefined
  for (const line of lines) {
    if (line === '') {
      lastEventId = id
      if (data !== '') events.push(JSON.stringify([type || 'message', data.slice(0, -1), id]))
      data = ''
      type = ''
      continue
    }
    if (line.startsWith(':')) continue
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? []
    if (field === 'event') type = value
    else if (field === 'data') data += `${value}\n`
    else if (field === 'id' && !value.includes('\0')) id = value
    else if (field === 'retry' && /^[0-9]+$/.test(value)) retryMs = Number.parseInt(value, 10)
  }
  return { events, lastEventId, retryMs }
}
