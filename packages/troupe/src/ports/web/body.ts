/**
 * ports/web/body: reads the body of a request, whole or as a stream, and never more than it may.
 *
 * Limit: `bodyBytesMax`; a body that says beforehand that it is larger is not read at all.
 */
import type { IncomingMessage } from 'node:http'
import { ReadableStream } from 'node:stream/web'
import { askFor } from './expectation.js'

const NO_BYTES = new Uint8Array(0)
/** Bytes of a stream that wait for their reader before the client has to. */
const STREAM_BYTES = 65_536

/** What became of a body that was to be read whole. */
export type Read =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken-off' }

const TOO_LARGE: Read = Object.freeze({ kind: 'too-large' })
const BROKEN_OFF: Read = Object.freeze({ kind: 'broken-off' })

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

/** What a body is read for: the exchange, which also tells when its client has gone away. */
export interface BodyOwner {
  readonly incoming: IncomingMessage
  readonly isClosed: boolean
  /** Runs once the exchange is closed. */
  whenClosed(run: () => void): void
}

/**
 * Reads a body to its end and tells once what became of it: in this tick what has come already,
 * and the rest in the tick in which its last piece comes.
 *
 * Node's parser hands each piece to the method `push` of a request. Taking it there costs neither
 * the flow of a stream nor a listener, which together take longer than a small body itself.
 */
export function readBody(owner: BodyOwner, bodyBytesMax: number, told: (read: Read) => void): void {
  const { incoming } = owner
  // Whoever has set it flowing has what came until now.
  if (incoming.readableFlowing !== null || incoming.destroyed) {
    told(BROKEN_OFF)
    return
  }
  const gathering = new Gathering(bodyBytesMax, told)
  if (incoming.readableLength > 0) gathering.take(incoming.read() as Uint8Array)
  if (incoming.complete) gathering.end()
  else if (owner.isClosed) gathering.breakOff()
  else {
    owner.whenClosed(() => gathering.breakOff())
    follow(incoming, gathering)
  }
}

/** Hands all that is still to come to a gathering. */
function follow(incoming: IncomingMessage, gathering: Gathering): void {
  askFor(incoming)
  const { push } = incoming
  incoming.push = (chunk: Uint8Array | null): boolean => {
    if (chunk !== null) {
      gathering.take(chunk)
      return true
    }
    // Node's own account of the request goes on.
    const hasRoom = push.call(incoming, null)
    gathering.end()
    return hasRoom
  }
}

/** The pieces of one body until its end; what comes after its limit is let go. */
class Gathering {
  readonly #told: (read: Read) => void
  #bytesLeft: number
  #first: Uint8Array | undefined
  #pieces: Uint8Array[] | undefined
  #isDone = false

  constructor(bodyBytesMax: number, told: (read: Read) => void) {
    this.#bytesLeft = bodyBytesMax
    this.#told = told
  }

  take(piece: Uint8Array): void {
    if (this.#isDone) return
    this.#bytesLeft -= piece.length
    if (this.#bytesLeft < 0) this.#done(TOO_LARGE)
    else if (this.#first === undefined) this.#first = piece
    else if (this.#pieces === undefined) this.#pieces = [this.#first, piece]
    else this.#pieces.push(piece)
  }

  end(): void {
    if (this.#isDone) return
    const pieces = this.#pieces
    const bytes = pieces === undefined ? (this.#first ?? NO_BYTES) : Buffer.concat(pieces)
    this.#done({ kind: 'whole', bytes })
  }

  breakOff(): void {
    if (!this.#isDone) this.#done(BROKEN_OFF)
  }

  #done(read: Read): void {
    this.#isDone = true
    this.#first = undefined
    this.#pieces = undefined
    this.#told(read)
  }
}

/** A body as a stream; the client has to wait while nobody reads. Errors above the limit. */
export function streamBody(
  incoming: IncomingMessage,
  bodyBytesMax: number,
  tooLarge: () => unknown,
): ReadableStream<Uint8Array> {
  let length = 0
  let stop = (): void => {}
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    stop = () => void incoming.removeAllListeners('data').off('end', end).off('close', breakOff)
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
  // What is still to come is let go; a stream that was called off must not be closed once more.
  const cancel = (): void => {
    stop()
    incoming.resume()
  }
  return new ReadableStream({ start, pull, cancel }, { highWaterMark: STREAM_BYTES, size: sizeOf })
}

const sizeOf = (chunk: Uint8Array | undefined): number => chunk?.length ?? 0

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
