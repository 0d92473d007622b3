/**
 * apps/system/survey-events: what a survey gathers of each event of the node.
 */
import type { EventOrder, EventUse, SurveyEventRow, SurveySheet } from '#cluster'
import { type EventInfo, Pid } from '#contract'
import { nameOf } from './row.js'
import { TopList } from './top-list.js'

const ORDERS: readonly EventOrder[] = Object.freeze([
  'subscribers',
  'published',
  'delivered',
  'sent-away',
])

const countOf = (info: EventInfo, order: EventOrder): number =>
  order === 'sent-away' ? info.sentAway : info[order]

/** Who uses it: those who publish, those who listen, both or none. */
function useOf({ subscribers, published, notify }: EventInfo): EventUse {
  if (subscribers > 0) return published > 0 ? 'active' : 'silent'
  if (notify) return 'on-demand'
  return published > 0 ? 'unheard' : 'idle'
}

export class EventSurvey {
  readonly #lists: Readonly<Record<EventOrder, TopList<SurveyEventRow>>>
  readonly #uses: Record<EventUse, number> = {
    ...{ active: 0, 'on-demand': 0, unheard: 0, silent: 0, idle: 0 },
  }
  #count = 0
  #subscribersMax = 0

  constructor(limit: number) {
    const lists = ORDERS.map((order) => [order, new TopList<SurveyEventRow>(limit)])
    this.#lists = Object.fromEntries(lists) as Record<EventOrder, TopList<SurveyEventRow>>
  }

  visit(info: EventInfo): void {
    this.#count += 1
    this.#uses[useOf(info)] += 1
    this.#subscribersMax = Math.max(this.#subscribersMax, info.subscribers)
    for (const order of ORDERS) {
      const value = countOf(info, order)
      const list = this.#lists[order]
      if (value > 0 && list.takes(value)) list.add(value, rowOf(info, value))
    }
  }

  sheet(): SurveySheet['events'] {
    const tops = ORDERS.map((order) => [order, this.#lists[order].rows])
    return {
      count: this.#count,
      subscribersMax: this.#subscribersMax,
      uses: { ...this.#uses },
      tops: Object.fromEntries(tops) as Record<EventOrder, readonly SurveyEventRow[]>,
    }
  }
}

const rowOf = ({ event, owner }: EventInfo, value: number): SurveyEventRow => ({
  event: nameOf(event.name),
  owner: owner === undefined ? undefined : Pid.format(owner),
  value,
})
