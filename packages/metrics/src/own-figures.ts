/**
 * own-figures: what the process `metrics` tells of itself.
 */
import type { Family, Labels } from '#metrics/exposition/family'
import type { Sheets } from '#metrics/gather/sheets'
import type { Pages } from './gather/pages.js'
import type { Book } from './own/book.js'
import type { Door } from './web/door.js'

/** Where these figures come from. */
export interface OwnParts {
  readonly node: string
  readonly pages: Pages
  readonly book: Book
  readonly door: Door
  readonly collectFailed: number
}

export function ownFamilies(parts: OwnParts, nodes: readonly Sheets[]): readonly Family[] {
  const { node, pages, book, door, collectFailed } = parts
  const make =
    (type: Family['type']) =>
    (name: string, help: string, values: Readonly<Record<string, number>>, label = ''): Family => ({
      name: `troupe_metrics_${name}`,
      ...{ help, type },
      samples: Object.entries(values).map(([key, value]) => {
        const labels: Labels = label === '' ? { node } : { node, [label]: key }
        return { labels, value }
      }),
    })
  const [counter, gauge] = [make('counter'), make('gauge')]
  const unanswered: Record<string, number> = {}
  for (const sheets of nodes) {
    for (const question of sheets.unanswered) {
      unanswered[question] = (unanswered[question] ?? 0) + 1
    }
  }
  return [
    counter('collections_total', 'Pages that were collected.', { '': pages.collections }),
    gauge('collection_seconds', 'How long the last page took.', { '': pages.lastTookMs / 1_000 }),
    gauge('registered', 'Metrics that processes have registered.', { '': book.size }),
    counter('values_lost_total', 'Values of processes not taken, by cause.', book.lost, 'cause'),
    counter('requests_refused_total', 'Requests not let in, by cause.', door.refused, 'cause'),
    gauge('unanswered', 'Questions that nodes did not answer.', unanswered, 'question'),
    counter('collect_failed_total', 'Own collections that failed.', { '': collectFailed }),
  ]
}
