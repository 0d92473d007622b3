/**
 * connect/insight-reading: what a node told of what is behind a process, and why it does not go on.
 *
 * As `reading`: whatever is missing or of another kind becomes empty.
 */
import type { InsightFacts } from '#view/insight-view'
import type { WhyFacts } from '#view/why-view'
import { fieldsOf, listOf, numberOf, textOf } from './reading.js'

type Fields = Readonly<Record<string, unknown>>

const callOf = (one: Fields): InsightFacts['calls'][number] => ({
  ...{ from: one['from'], to: textOf(one['to']), request: textOf(one['request']) },
  ...{ waitedMs: numberOf(one['waitedMs']), leftMs: numberOf(one['leftMs']) },
})

const endOf = (one: Fields): InsightFacts['exits'][number] => ({
  ...{ timeMs: numberOf(one['timeMs']), child: textOf(one['child']) },
  ...{ reason: textOf(one['reason']), verdict: textOf(one['verdict']) },
})

export function insightFactsOf(value: unknown): InsightFacts {
  const fields = fieldsOf(value)
  const rows = (name: string) => listOf(fields[name]).map(fieldsOf)
  const handling = fieldsOf(fields['handling'])
  return {
    handling: textOf(handling['message']),
    handlingMs: numberOf(handling['sinceMs']),
    handlers: numberOf(fields['handlers']),
    calls: rows('calls').map(callOf),
    owes: rows('owes').map(callOf),
    sends: rows('sends').map((one) => ({
      ...{ to: textOf(one['to']), message: textOf(one['message']) },
      waitedMs: numberOf(one['waitedMs']),
    })),
    timers: rows('timers').map((one) => ({
      ...{ what: textOf(one['what']), to: textOf(one['to']), leftMs: numberOf(one['leftMs']) },
      everyMs: numberOf(one['everyMs'], -1),
    })),
    rates: rows('rates').map((one) => ({
      ...{ message: textOf(one['message']), count: numberOf(one['count']) },
      ...{ perSecond: numberOf(one['perSecond']), meanMs: numberOf(one['meanMs']) },
      ...{ maxMs: numberOf(one['maxMs']), failed: numberOf(one['failed']) },
    })),
    watchedForMs: numberOf(fields['watchedForMs']),
    utilisation: numberOf(fields['utilisation']),
    exits: rows('exits').map(endOf),
    childExits: rows('childExits').map(endOf),
    childWaits: rows('childWaits').map((one) => ({
      ...{ child: textOf(one['child']), attempt: numberOf(one['attempt']) },
      ...{ leftMs: numberOf(one['leftMs']), reason: textOf(one['reason']) },
    })),
  }
}

export function whyFactsOf(value: unknown): WhyFacts {
  const fields = fieldsOf(value)
  return {
    asked: textOf(fields['asked']),
    unknown: textOf(fields['unknown']),
    steps: listOf(fields['steps'])
      .map(fieldsOf)
      .map((step) => ({
        ...{ cause: textOf(step['cause']), subject: textOf(step['subject']) },
        ...{ node: textOf(step['node']), forMs: numberOf(step['forMs']) },
        ...{ text: textOf(step['text']), remedy: textOf(step['remedy']) },
      })),
  }
}
