/**
 * client/attempt: one question to one endpoint, and what became of it.
 *
 * Never rejects, and settles within its time whatever the endpoint does. Gives gRPC no deadline of
 * its own: that would be kept on the wall clock, which may jump.
 */
import { type Client, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import type { Clock } from 'troupe/registrar'
import type { Endpoint } from './endpoints.js'
import { type Fault, faultOf, type Status } from './faults.js'
import type { Patience } from './patience.js'
import type { Method } from './proto.js'

export type Outcome<A> = { readonly kind: 'answered'; readonly answer: A; sentMs: number } | Fault

type Done<A> = (failed: Status | undefined, answer?: A) => void

/** Puts a question on the line; what it returns takes it back. */
export type Send<A> = (client: Client, metadata: Metadata, done: Done<A>) => () => void

const statusOf = ({ code, details }: ServiceError): Status => ({ code, details })
const NO_ANSWER: Status = { code: status.UNAVAILABLE, details: 'the stream ended unanswered' }

/** A question with one answer. */
export const unary =
  <A>({ path, serialize, deserialize }: Method<A>, question: object): Send<A> =>
  (client, metadata, done) => {
    const call = client.makeUnaryRequest<object, A>(
      path,
      serialize,
      deserialize,
      question,
      metadata,
      {},
      (error, answer) => (error === null ? done(undefined, answer) : done(statusOf(error))),
    )
    return () => call.cancel()
  }

/** The first answer of a stream that is asked once. */
export const firstOfStream =
  <A>({ path, serialize, deserialize }: Method<A>, question: object): Send<A> =>
  (client, metadata, done) => {
    const stream = client.makeBidiStreamRequest<object, A>(path, serialize, deserialize, metadata)
    // What comes after the first answer changes nothing, but unheard it would end the program.
    stream.on('error', (error: ServiceError) => done(statusOf(error)))
    stream.on('end', () => done(NO_ANSWER))
    stream.on('data', (answer: A) => {
      stream.end()
      done(undefined, answer)
    })
    stream.write(question)
    return () => stream.cancel()
  }

/** What every question carries: who asks, and that one without a leader is not to answer. */
export function metadataOf(token: string | undefined, needsLeader: boolean): Metadata {
  const metadata = new Metadata()
  if (needsLeader) metadata.set('hasleader', 'true')
  if (token !== undefined) metadata.set('token', token)
  return metadata
}

export interface AttemptAsk<A> {
  readonly endpoint: Endpoint
  readonly send: Send<A>
  readonly metadata: Metadata
  readonly patience: Patience
  readonly dialMs: number
  readonly clock: Clock
}

export async function attempt<A>(ask: AttemptAsk<A>): Promise<Outcome<A>> {
  const { endpoint, patience, dialMs } = ask
  const unsent = (problem: string): Fault => ({ kind: 'unsent', problem, distrusted: false })
  try {
    const dialling = endpoint.dial()
    if (dialling !== undefined && !(await patience.wait(dialling, dialMs))) {
      return unsent(`no line within ${Math.round(dialMs)} ms`)
    }
    if (patience.over !== undefined) return unsent('the time was over')
    return await answerOf(ask)
  } catch (thrown) {
    // A channel that was closed meanwhile takes no question.
    return unsent(thrown instanceof Error ? thrown.message : 'the channel takes no question')
  }
}

function answerOf<A>(ask: AttemptAsk<A>): Promise<Outcome<A>> {
  const { endpoint, send, metadata, patience, clock } = ask
  return new Promise((resolve) => {
    const sentMs = clock.nowMs()
    let takeBack: (() => void) | undefined
    const stop = patience.within(Number.POSITIVE_INFINITY, () => {
      const waitedMs = Math.round(clock.nowMs() - sentMs)
      resolve({ kind: 'lost', problem: `no answer within ${waitedMs} ms`, oversized: false })
      takeBack?.()
    })
    takeBack = send(endpoint.client, metadata, (failed, answer) => {
      stop()
      if (failed !== undefined) resolve(faultOf(failed))
      else resolve({ kind: 'answered', answer: answer as A, sentMs })
    })
  })
}
