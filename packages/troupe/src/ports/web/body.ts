/**
 * ports/web/body: reads the body of a request, whole or as a stream, and never more than it may.
 *
 * Limit: `bodyBytesMax`; a body that says beforehand that it is larger is not read at all.
 */
import type { IncomingMessage } from 'node:http'
import { ReadableStream } from 'node:stream/web'

const NO_BYTES = new Uint8Array(0)
/** Bytes of a stream that wait for their reader before the client has to. */
const STREAM_BYTES = 65_536

/** What became of a body that was to be read whole. */
export type Read =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken-off' }

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined

/**
 * True while a body is still to come. Such a connection must end with the answer: what follows
 * could not be told from a further request. Before its end has been parsed, a request without a
 * body is not complete either; so that alone does not tell.
 */
export const isUnread = (incoming: IncomingMessage): boolean =>
  !incoming.complete && hasBody(incoming)

/** True when the request says itself that its body is larger than it may be. */
export function isTooLarge({ headers }: IncomingMessage, bodyBytesMax: number): boolean {
  const declared = headers['content-length']
  return declared !== undefined && Number(declared) > bodyBytesMax
}

/** Reads a body to its end. Never rejects. */
export function readBody(incoming: IncomingMessage, bodyBytesMax: number): Promise<Read> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    let isDone = false
    // The listeners stay: taking them away costs more than a flag, and Node has to read on, and
    // somebody to take an error, until the answer has gone.
    const done = (read: Read): void => {
      isDone = true
      resolve(read)
    }
    const take = (chunk: Uint8Array): void => {
      if (isDone) return
      length += chunk.length
      if (length > bodyBytesMax) done({ kind: 'too-large' })
      else chunks.push(chunk)
    }
    const end = (): void => done({ kind: 'whole', bytes: joined(chunks) })
    const breakOff = (): void => done({ kind: 'broken-off' })
    incoming.on('data', take).on('end', end).on('close', breakOff).on('error', breakOff)
  })
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array =>
  chunks.length === 1 ? (chunks[0] ?? NO_BYTES) : Buffer.concat(chunks)

/** A body as a stream; the client has to wait while nobody reads. Errors above the limit. */
export function streamBody(
  incoming: IncomingMessage,
  bodyBytesMax: number,
  tooLarge: () => unknown,
): ReadableStream<Uint8Array> {
  let length = 0
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const stop = (): void => {
      incoming.removeAllListeners('data').off('end', end).off('close', breakOff)
    }
    const end = (): void => {
      stop()
      controller.close()
    }
    const breakOff = (): void => {
      stop()
      controller.error(new DOMException('the client has gone away', 'AbortError'))
    }
    incoming.on('end', end).on('close', breakOff).on('error', breakOff)
    incoming.on('data', (chunk: Uint8Array) => {
      length += chunk.length
      if (length > bodyBytesMax) {
        stop()
        incoming.resume()
        controller.error(tooLarge())
        return
      }
      controller.enqueue(chunk)
      if ((controller.desiredSize ?? 0) <= 0) incoming.pause()
    })
    incoming.pause()
  }
  const pull = (): void => void incoming.resume()
  const cancel = (): void => void incoming.removeAllListeners('data').resume()
  const size = (chunk: Uint8Array | undefined): number => chunk?.length ?? 0
  return new ReadableStream({ start, pull, cancel }, { highWaterMark: STREAM_BYTES, size })
}

/**
 * Counts what a plain handler reads, and tells once when it is more than it may be. A body whose
 * length is declared needs none of this.
 */
export function watchBody(
  incoming: IncomingMessage,
  bodyBytesMax: number,
  tooLarge: () => void,
): void {
  if (incoming.headers['transfer-encoding'] === undefined) return
  const { push } = incoming
  let left = bodyBytesMax
  // Node's parser hands each piece of the body to this method; listening would start the flow.
  incoming.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
    const before = left
    left -= chunk?.length ?? 0
    if (left >= 0) return push.call(incoming, chunk, encoding)
    if (before >= 0) tooLarge()
    return true
  }
}
