/**
 * testing/recorded-events: topics a process owns, publishes and follows, written down.
 */
import type {
  EventName,
  EventOptions,
  EventToken,
  ProcessContext,
  SubscribeOptions,
  Subscription,
} from '#contract'
import type { Open, Published, Registered, Subscribed } from './journal.js'
import type { Recorder } from './recorder.js'

/** The verbs of events. */
export function recordedEvents(recorder: Recorder, real: ProcessContext) {
  const { journal } = recorder
  const noteEvent = (kind: Registered['kind'], name: string): void =>
    void journal.add<Registered>({ kind, what: 'event', name, alias: undefined })
  return {
    registerEvent(event: EventName | string, options?: EventOptions): EventToken {
      const token = real.registerEvent(event, options)
      noteEvent('registered', token.event.name)
      return token
    },
    unregisterEvent(token: EventToken): void {
      real.unregisterEvent(token)
      noteEvent('unregistered', token.event.name)
    },
    publish(event: EventToken | EventName, message: unknown): void {
      if (event.kind === 'event-token') real.publish(event, message)
      else real.publish(event, message)
      const name = event.kind === 'event-token' ? event.event.name : event.name
      journal.add<Published>({ kind: 'published', event: name, message })
    },
    subscribe: subscribing(recorder, real),
    unsubscribe(event: EventName): void {
      real.unsubscribe(event)
      const entry = { event: event.name, options: {}, outcome: 'subscribed' as const }
      journal.add<Subscribed>({ kind: 'unsubscribed', ...entry })
    },
  }
}

function subscribing(recorder: Recorder, real: ProcessContext) {
  return (event: EventName, options: SubscribeOptions = {}): Promise<Subscription> => {
    const entry = { kind: 'subscribed' as const, event: event.name, options }
    const record: Open<Subscribed> = recorder.journal.add<Subscribed>({
      ...entry,
      outcome: 'pending',
    })
    const promise = real.subscribe(event, options)
    promise.then(
      () => {
        record.outcome = 'subscribed'
      },
      () => {
        record.outcome = 'failed'
      },
    )
    return promise
  }
}
