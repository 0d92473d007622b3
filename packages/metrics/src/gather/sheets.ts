/**
 * gather/sheets: all that is known of one node when a page is written.
 *
 * A part that is undefined was not asked for, not answered, or not to be read; `unanswered` and
 * `unreadable` tell which. What another node answers is foreign: its lists are lists of objects,
 * cut to a length; whatever stands in those is looked at when a metric reads it.
 */
import type {
  ConnectionSheet,
  CronJobInfo,
  FiguresSheet,
  HostSheet,
  LeaderSheet,
  MemberInfo,
  NetworkSheet,
  NodePhase,
  RegistrarInfo,
  ServiceInfo,
  SurveySheet,
} from 'troupe'

/** Why a question has no answer: nothing came in time, it asks too often, it may not ask. */
export type Unanswering = 'silent' | 'limited' | 'denied'

/** A question that was not answered. */
export interface Unanswered {
  readonly question: string
  readonly cause: Unanswering
}

/** One node in figures. */
export interface Sheets {
  readonly node: string
  /** It has answered, whatever it said: one that refuses a question is up, too. */
  readonly isUp: boolean
  readonly phase: NodePhase | undefined
  readonly figures: FiguresSheet | undefined
  readonly host: HostSheet | undefined
  readonly survey: SurveySheet | undefined
  readonly network: NetworkSheet | undefined
  readonly connections: readonly ConnectionSheet[]
  readonly services: readonly ServiceInfo[]
  readonly leaders: readonly LeaderSheet[]
  readonly registrar: RegistrarInfo | undefined
  readonly members: readonly MemberInfo[]
  readonly cron: readonly CronJobInfo[]
  /** Questions that were not answered. */
  readonly unanswered: readonly Unanswered[]
  /** Questions whose answer was not of the shape it should be. */
  readonly unreadable: readonly string[]
}

/** A node that has said nothing. */
export const silent = (node: string): Sheets => ({
  ...{
    node,
    isUp: false,
    phase: undefined,
    figures: undefined,
    host: undefined,
    survey: undefined,
  },
  ...{ network: undefined, connections: [], services: [], leaders: [], registrar: undefined },
  ...{ members: [], cron: [], unanswered: [], unreadable: [] },
})
