/**
 * apps/system/system-actor: the process `system`: shows its node to whoever may look.
 */
import { actor } from '#actor'
import { systemProtocol } from '#cluster/remote/system-protocol'
import {
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type NoReply,
  type ProcessContext,
} from '#contract'
import type { Asker } from './access.js'
import { ApplicationScan } from './application-scan.js'
import { connectionSheet, connectionSheets } from './connection-sheet.js'
import { Desk, type DeskParts, type Wanted } from './desk.js'
import { leaderSheets, wantedElectors } from './elections.js'
import { figuresSheet } from './figures-sheet.js'
import { readFollow, readUnfollow } from './follow.js'
import { SCAN_COST } from './limits.js'
import { wantedConfig, wantedEvents, wantedNames } from './long-lists.js'
import { metricsSheet } from './metrics-sheet.js'
import { nodeSheet } from './node-sheet.js'
import { pageOf, readPlace } from './page.js'
import { processInsight } from './process-insight.js'
import { readProcessQuery } from './process-query.js'
import { ProcessScan } from './process-scan.js'
import { ChildrenScan, readProcess } from './process-sheet.js'
import { wantedAudit, wantedLetters, wantedLogs } from './record-pages.js'
import { memberSheet, networkSheet, registrarSheet } from './surroundings.js'
import { wantedSurvey } from './survey-scan.js'
import { topicSheet } from './topic-sheet.js'
import { wantedTrace, wantedTraces } from './trace-pages.js'
import { readTree, TreeScan } from './tree-scan.js'

class Seat {
  readonly parts: DeskParts
  desk: Desk | undefined

  constructor(parts: DeskParts) {
    this.parts = parts
  }
}

const deskOf = ({ desk }: Seat): Desk => desk as Desk

/** The handler of a short question. */
const quick =
  <R>(name: string, answer: (given: unknown, desk: Desk, asker: Asker) => R, cost = 1) =>
  (seat: Seat, given: unknown, context: ProcessContext): NoReply =>
    deskOf(seat).quick(name, context, (asker) => answer(given, deskOf(seat), asker), cost)

/** The handler of a question whose answer has to be looked for. */
const search =
  (name: string, read: (given: unknown, desk: Desk) => Wanted) =>
  (seat: Seat, given: unknown, context: ProcessContext): NoReply =>
    deskOf(seat).search(name, context, () => read(given, deskOf(seat)))

const definition = actor(systemProtocol, {
  init: (parts: DeskParts) => new Seat(parts),
  started: (seat, context) => {
    seat.desk = new Desk(seat.parts, context)
  },
  on: {
    node: quick('node', (_given, desk, asker) => nodeSheet(desk, asker)),
    processes: search('processes', (given, { inspection, cursors }) => {
      const query = readProcessQuery(given, cursors)
      return { key: query.key, make: () => new ProcessScan(query, inspection, cursors) }
    }),
    process: search('process', (given, { inspection, options }) => {
      const question = readProcess(given, inspection)
      return { key: question.key, make: () => new ChildrenScan(question, inspection, options) }
    }),
    insight: quick('insight', (given, { inspection }) =>
      processInsight(readProcess(given, inspection).pid, inspection),
    ),
    why: (seat, given, context) => deskOf(seat).why(given, context),
    tree: search('tree', (given, { inspection }) => {
      const tree = readTree(given)
      return { key: tree.key, make: () => new TreeScan(tree, inspection) }
    }),
    survey: search('survey', wantedSurvey),
    names: search('names', wantedNames),
    applications: search('applications', (given, { inspection, cursors }) => {
      const place = readPlace('applications', given, cursors)
      const make = () => new ApplicationScan(place, inspection, cursors)
      return { key: JSON.stringify(place), make }
    }),
    connection: quick('connection', connectionSheet),
    connections: quick('connections', connectionSheets, SCAN_COST),
    events: search('events', wantedEvents),
    topic: quick('topic', (given, { inspection }) => topicSheet(given, inspection)),
    network: quick('network', (given, { inspection, cursors }) =>
      networkSheet(given, inspection, cursors),
    ),
    registrar: quick('registrar', (given, { inspection, cursors }) =>
      registrarSheet(given, inspection, cursors),
    ),
    members: quick('members', (given, { inspection, cursors }) =>
      memberSheet(given, inspection, cursors),
    ),
    cron: quick('cron', (given, { inspection, cursors }) => {
      const place = readPlace('cron', given, cursors)
      return pageOf(inspection.node.cron.jobs(), place, cursors, (job) => job)
    }),
    services: quick('services', (given, { inspection, cursors }) => {
      const place = readPlace('services', given, cursors)
      return pageOf(inspection.node.services.list(), place, cursors, (info) => info)
    }),
    leaders: (seat, given, context) => {
      const desk = deskOf(seat)
      const sheets = (found: Parameters<typeof leaderSheets>[0]) =>
        leaderSheets(found, context, desk.inspection)
      return desk.searchThen('leaders', context, () => wantedElectors(given, desk), sheets)
    },
    config: search('config', wantedConfig),
    logs: search('logs', (given, desk) => wantedLogs(given, desk, desk.memory)),
    deadLetters: search('deadLetters', (given, desk) => wantedLetters(given, desk, desk.memory)),
    audit: search('audit', (given, desk) => wantedAudit(given, desk, desk.memory)),
    traces: search('traces', (given, { inspection }) => wantedTraces(given, inspection)),
    trace: search('trace', (given, { inspection }) => wantedTrace(given, inspection)),
    follow: (seat, given, context) =>
      deskOf(seat).later('follow', context, async (asker) =>
        deskOf(seat).following.begin(asker, readFollow(given)),
      ),
    unfollow: (seat, given, context) =>
      deskOf(seat).later('unfollow', context, async (asker) =>
        deskOf(seat).followers.remove(asker, readUnfollow(given)),
      ),
    manage: (seat, given, context) => deskOf(seat).order(given, context),
    figures: quick('figures', (_given, desk) => figuresSheet(desk)),
    host: (seat, _given, context) =>
      deskOf(seat).later('host', context, () => deskOf(seat).host.sheet()),
    metrics: (seat, given, context) => {
      const { inspection } = deskOf(seat)
      const answer = () => metricsSheet(given, context, inspection)
      return deskOf(seat).later('metrics', context, answer, SCAN_COST)
    },
    profile: (seat, given, context) =>
      deskOf(seat).later('profile', context, (asker) => deskOf(seat).profiling.take(asker, given)),
    history: quick('history', (given, { recorder }) => recorder.sheet(given), SCAN_COST),
    account: quick('account', (_given, { inspection }) => inspection.info().account),
  },
  handleDown: (seat, down) => {
    deskOf(seat).followers.down(down.ref)
    deskOf(seat).following.down(down)
  },
  handleEvent: (seat, publication) => deskOf(seat).following.published(publication),
  terminate: (seat) => seat.desk?.stop(),
  inspect: (seat) => {
    const { asked, access, work } = deskOf(seat)
    const { slices, abandoned, waiting } = work
    const follows = deskOf(seat).followers.size
    const refused = { ...access.refused }
    return { asked: { ...asked }, refused, slices, abandoned, waiting, follows }
  },
})

/** It is shown as a process of Troupe. */
export const systemActor: AnySpawnable = Object.freeze({
  [behaviourOf]: Object.freeze({
    ...(definition[behaviourOf] as Behaviour<never>),
    kind: 'system' as const,
  }),
})
