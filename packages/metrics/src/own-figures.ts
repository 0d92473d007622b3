/**
 * own-figures: what the process `metrics` tells of itself.
 */
import type { NodeTally } from '#metrics/catalog/reader'
import type { Family, Labels, Sample } from '#metrics/exposition/family'
import { FIRST_QUESTION } from '#metrics/gather/gather'
import type { Pages } from './gather/pages.js'
import type { Book } from './own/book.js'
import type { Collectors } from './own/collectors.js'
import type { Door } from './web/door.js'

/** Where these figures come from. */
export interface OwnParts {
  readonly node: string
  readonly pages: Pages
  readonly book: Book
  readonly door: Door
  readonly collectors: Collectors
  readonly targetsRefused: number
}

type Values = Readonly<Record<string, number>>

export function ownFamilies(parts: OwnParts, nodes: readonly NodeTally[]): readonly Family[] {
  const { node, pages, book, door } = parts
  const { counter, gauge } = familiesOf('troupe_metrics_', node)
  return [
    counter('collections_total', 'Pages that were collected.', { '': pages.collections }),
    gauge('collection_seconds', 'How long the last page took.', { '': pages.lastTookMs / 1_000 }),
    gauge('registered', 'Metrics that processes have registered.', { '': book.size }),
    counter('values_lost_total', 'Values of processes not taken, by cause.', book.lost, 'cause'),
    counter('requests_refused_total', 'Requests not let in, by cause.', door.refused, 'cause'),
    counter('targets_refused_total', 'Addresses of nodes that /sd did not tell.', {
      '': parts.targetsRefused,
    }),
    ...collectFamilies(parts),
    ...scrapeFamilies(node, nodes),
  ]
}

/** What users add, and did not. */
function collectFamilies({ node, collectors }: OwnParts): readonly Family[] {
  const failed = [...collectors.failed].flatMap(([collector, counts]) =>
    Object.entries(counts)
      .filter(([, value]) => value > 0)
      .map(([cause, value]) => ({ labels: { node, collector, cause }, value })),
  )
  const waiting = [...collectors.waiting].map((collector) => {
    return { labels: { node, collector }, value: 1 }
  })
  return [
    {
      name: 'troupe_metrics_collect_failed_total',
      help: 'What pages or looks went without: it threw, was late, or still waits since then.',
      ...{ type: 'counter', samples: failed },
    },
    {
      name: 'troupe_metrics_collect_waiting',
      help: 'What was begun for a page and has not settled.',
      ...{ type: 'gauge', samples: waiting },
    },
  ]
}

/** What became of the questions to nodes. */
function scrapeFamilies(node: string, nodes: readonly NodeTally[]): readonly Family[] {
  const { gauge } = familiesOf('troupe_scrape_', node)
  const states = { answered: 0, unreadable: 0, refused: 0, silent: 0 }
  for (const tally of nodes) states[stateOf(tally)] += 1
  const each = (read: (tally: NodeTally) => number): Values =>
    Object.fromEntries(
      nodes.filter((one) => read(one) > 0).map((one) => [one.sheets.node, read(one)]),
    )
  return [
    gauge('nodes', 'Nodes that were to be told, by what became of it.', states, 'state'),
    unansweredFamily(node, nodes),
    gauge(
      'unreadable',
      'Parts and lines of a node that could not be read.',
      each(({ unreadable }) => unreadable),
      'remote_node',
    ),
    gauge(
      'lines_left_out',
      'Lines of a node for which there was no room on the page.',
      each(({ leftOut }) => leftOut),
      'remote_node',
    ),
  ]
}

type NodeState = 'answered' | 'unreadable' | 'refused' | 'silent'

/** A node whose first question was refused has told nothing, and is not silent. */
function stateOf({ sheets, unreadable }: NodeTally): NodeState {
  if (!sheets.isUp) return 'silent'
  if (unreadable > 0) return 'unreadable'
  const isRefused = sheets.unanswered.some(({ question }) => question === FIRST_QUESTION)
  return isRefused ? 'refused' : 'answered'
}

function unansweredFamily(node: string, nodes: readonly NodeTally[]): Family {
  const counts = new Map<string, Sample & { value: number }>()
  for (const { question, cause } of nodes.flatMap(({ sheets }) => sheets.unanswered)) {
    const key = `${question} ${cause}`
    const known = counts.get(key) ?? { labels: { node, question, cause }, value: 0 }
    known.value += 1
    counts.set(key, known)
  }
  return {
    name: 'troupe_scrape_unanswered',
    help: 'Questions without an answer: silent, limited (asks too often), denied (may not look).',
    ...{ type: 'gauge', samples: [...counts.values()] },
  }
}

/** Families of numbers, one for each value of one label, or one without. */
function familiesOf(prefix: string, node: string) {
  const make =
    (type: Family['type']) =>
    (name: string, help: string, values: Values, label = ''): Family => ({
      ...{ name: `${prefix}${name}`, help, type },
      samples: Object.entries(values).map(([key, value]) => {
        const labels: Labels = label === '' ? { node } : { node, [label]: key }
        return { labels, value }
      }),
    })
  return { counter: make('counter'), gauge: make('gauge') }
}
