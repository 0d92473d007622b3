/**
 * gather/sheets: all that is known of one node when a page is written.
 *
 * A part that is undefined was not asked for or not answered; `unanswered` tells which.
 */
import type {
  ConnectionSheet,
  CronJobInfo,
  FiguresSheet,
  LeaderSheet,
  MemberInfo,
  NetworkSheet,
  NodePhase,
  RegistrarInfo,
  ServiceInfo,
  SurveySheet,
} from 'troupe'

/** One node in figures. */
export interface Sheets {
  readonly node: string
  /** It has answered. */
  readonly isUp: boolean
  readonly phase: NodePhase | undefined
  readonly figures: FiguresSheet | undefined
  readonly survey: SurveySheet | undefined
  readonly network: NetworkSheet | undefined
  readonly connections: readonly ConnectionSheet[]
  readonly services: readonly ServiceInfo[]
  readonly leaders: readonly LeaderSheet[]
  readonly registrar: RegistrarInfo | undefined
  readonly members: readonly MemberInfo[]
  readonly cron: readonly CronJobInfo[]
  /** Questions that were not answered. */
  readonly unanswered: readonly string[]
}

/** A node that has said nothing. */
export const silent = (node: string): Sheets => ({
  ...{ node, isUp: false, phase: undefined, figures: undefined, survey: undefined },
  ...{ network: undefined, connections: [], services: [], leaders: [], registrar: undefined },
  ...{ members: [], cron: [], unanswered: [] },
})
