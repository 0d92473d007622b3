/**
 * testing/stubs: answers that stand in for other processes.
 *
 * A list for each of call, send and spawn; the newest that fits is taken, so a test may lay a
 * special answer over a general one. What no stub fits goes to the real node.
 *
 * @source ergo-features 29 (OnCall(target).Respond, OnSend.Fail, OnSpawn)
 */
import type { Address, AnySpawnable, ImportantFailure, Pid, TroupeError } from '#contract'
import { type HasPid, sameAddress } from './matching.js'

/** What a stubbed call is asked with. */
export interface StubbedCall {
  readonly to: Address
  readonly request: string
  readonly payload: unknown
}

/** What a call comes to instead of reaching anybody. */
export type CallVerdict =
  | { readonly kind: 'reply'; readonly with: (call: StubbedCall) => unknown }
  | { readonly kind: 'fail'; readonly error: TroupeError }
  | { readonly kind: 'time-out' }

export type SendVerdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'fail'; readonly failure: ImportantFailure }

export type SpawnVerdict =
  | { readonly kind: 'give'; readonly pid: Pid }
  | { readonly kind: 'probe' }
  | { readonly kind: 'fail'; readonly error: TroupeError }

interface Stub<V> {
  readonly fits: (to: Address, message: string) => boolean
  readonly verdict: V
}

interface SpawnStub {
  readonly definition: AnySpawnable | undefined
  readonly verdict: SpawnVerdict
}

/** Says what a matching call answers; the stub lasts until a newer one covers it. */
export interface CallStub {
  reply(value: unknown): void
  /** Calls `answer` each time; what it throws or rejects with rejects the call. */
  replyWith(answer: (payload: unknown, call: StubbedCall) => unknown): void
  fail(error: TroupeError): void
  /** Nobody ever answers: the call rejects with CALL_TIMEOUT at its time. */
  timeOut(): void
}

/** Says what a matching send comes to, without reaching anybody. */
export interface SendStub {
  accept(): void
  /** CONFIRM_TIMEOUT for `sendImportant` only. */
  fail(failure: ImportantFailure): void
}

/** Says what spawning a definition comes to. */
export interface SpawnStubber {
  /** No process is made; the spawner is given this pid. */
  give(pid: Pid | HasPid): void
  /** A probe is spawned instead, under the same name, link and options; see `kit.children`. */
  giveProbes(): void
  fail(error: TroupeError): void
}

export class Stubs {
  readonly #calls: Stub<CallVerdict>[] = []
  readonly #sends: Stub<SendVerdict>[] = []
  readonly #spawns: SpawnStub[] = []

  onCall(to: Address | HasPid, request: string | undefined): CallStub {
    const add = (verdict: CallVerdict): void =>
      void this.#calls.unshift({ fits: fitting(to, request), verdict })
    return {
      reply: (value) => add({ kind: 'reply', with: () => value }),
      replyWith: (answer) => add({ kind: 'reply', with: (call) => answer(call.payload, call) }),
      fail: (error) => add({ kind: 'fail', error }),
      timeOut: () => add({ kind: 'time-out' }),
    }
  }

  onSend(to: Address | HasPid, message: string | undefined): SendStub {
    const add = (verdict: SendVerdict): void =>
      void this.#sends.unshift({ fits: fitting(to, message), verdict })
    return {
      accept: () => add({ kind: 'accept' }),
      fail: (failure) => add({ kind: 'fail', failure }),
    }
  }

  onSpawn(definition: AnySpawnable | undefined): SpawnStubber {
    const add = (verdict: SpawnVerdict): void => void this.#spawns.unshift({ definition, verdict })
    return {
      give: (given) => add({ kind: 'give', pid: 'pid' in given ? given.pid : given }),
      giveProbes: () => add({ kind: 'probe' }),
      fail: (error) => add({ kind: 'fail', error }),
    }
  }

  call(to: Address, request: string): CallVerdict | undefined {
    return this.#calls.find(({ fits }) => fits(to, request))?.verdict
  }

  send(to: Address, message: string): SendVerdict | undefined {
    return this.#sends.find(({ fits }) => fits(to, message))?.verdict
  }

  spawn(definition: AnySpawnable): SpawnVerdict | undefined {
    const stub = this.#spawns.find(
      (known) => known.definition === undefined || known.definition === definition,
    )
    return stub?.verdict
  }
}

const fitting =
  (to: Address | HasPid, message: string | undefined) =>
  (given: Address, name: string): boolean =>
    (message === undefined || message === name) && sameAddress(given, to)
