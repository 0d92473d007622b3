/**
 * etcd/test/client/course-stage: calls over endpoints that do what a script says, on a clock that
 * is moved. No line is opened.
 */

import type { EtcdCallOptions } from '@troupe/etcd'
import { seededRandom } from 'troupe/registrar'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { Calls } from '#etcd/client/calls'
import type { Answered } from '#etcd/client/course'
import { type Endpoint, Endpoints } from '#etcd/client/endpoints'
import { completeEtcd, type EtcdOptions } from '#etcd/client/options'
import type { Headed } from '#etcd/client/proto'

export interface Said extends Headed {
  readonly by: string
}

/** What becomes of one question. */
export type Reply =
  | { readonly kind: 'answer'; readonly afterMs: number }
  | { readonly kind: 'status'; readonly code: number; readonly details: string; afterMs: number }
  | { readonly kind: 'silence' }

/** How an endpoint takes a dial: at once, late, or never. */
export type Dial = { readonly kind: 'up' } | { readonly kind: 'after'; readonly afterMs: number }

export interface Script {
  dial(address: string): Dial | 'never'
  reply(address: string, token: string | undefined): Reply
}

export const answer = (afterMs = 1): Reply => ({ kind: 'answer', afterMs })
export const silence: Reply = { kind: 'silence' }
export const status = (code: number, details: string, afterMs = 1): Reply => ({
  ...{ kind: 'status', code, details, afterMs },
})
export const lost = status(14, 'Connection dropped')
export const unsent = status(
  14,
  'No connection established. Last error: refused. Resolution note: ',
)
export const leaderless = status(14, 'etcdserver: no leader')

/** A question that was put on the line. */
export interface Sent {
  readonly address: string
  readonly atMs: number
  readonly token: string | undefined
  reply: Reply
  isOver: boolean
  isTakenBack: boolean
}

export class CourseStage {
  readonly clock: VirtualClock = virtualClock()
  readonly sent: Sent[] = []
  readonly calls: Calls
  readonly #script: Script

  constructor(options: EtcdOptions, script: Partial<Script>, seed = 1) {
    const random = seededRandom(seed)
    const complete = completeEtcd(options)
    this.#script = { dial: () => ({ kind: 'up' }), reply: () => answer(), ...script }
    const endpoints = new Endpoints(complete, 0)
    for (const endpoint of endpoints.all) {
      Object.defineProperty(endpoint, 'dial', { value: () => this.#dial(endpoint) })
    }
    this.calls = new Calls(endpoints, complete, { clock: this.clock, random, quietMs: 5_000 })
  }

  #dial({ address }: Endpoint): Promise<void> | undefined {
    const dial = this.#script.dial(address)
    if (dial === 'never') return new Promise(() => {})
    if (dial.kind === 'up') return undefined
    return new Promise((resolve) => this.clock.after(dial.afterMs, resolve))
  }

  ask(repeatable: boolean, options?: EtcdCallOptions, only?: Endpoint): Promise<Answered<Said>> {
    const { all } = this.calls.endpoints
    return this.calls.ask<Said>(
      {
        operation: 'question',
        repeatable,
        ...(only === undefined ? {} : { only }),
        send: (client, metadata, done) => {
          const { address } = all.find((one) => one.client === client) as Endpoint
          const [token] = metadata.get('token')
          return this.#send(address, token?.toString(), (failed) =>
            failed === undefined ? done(undefined, { by: address, header: null }) : done(failed),
          )
        },
      },
      options,
    )
  }

  #send(
    address: string,
    token: string | undefined,
    done: (failed?: { readonly code: number; readonly details: string }) => void,
  ): () => void {
    const reply = this.#script.reply(address, token)
    const atMs = this.clock.nowMs()
    const sent: Sent = { address, atMs, token, reply, isOver: false, isTakenBack: false }
    this.sent.push(sent)
    const finish = (failed?: { readonly code: number; readonly details: string }): void => {
      sent.isOver = true
      done(failed)
    }
    const cancel =
      reply.kind === 'silence'
        ? () => true
        : this.clock.after(reply.afterMs, () =>
            reply.kind === 'answer' ? finish() : finish({ ...reply }),
          )
    return () => {
      sent.isTakenBack = true
      cancel()
      if (!sent.isOver) finish({ code: 1, details: 'Cancelled on client' })
    }
  }
}

export const THREE: EtcdOptions = Object.freeze({
  endpoints: ['a:1', 'b:1', 'c:1'],
  requestTimeoutMs: 9_000,
  dialTimeoutMs: 5_000,
})
