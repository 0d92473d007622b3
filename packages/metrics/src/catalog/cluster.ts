/**
 * catalog/cluster: registrar, members, leaders, services with their breakers, calendar.
 */
import type { CronJobInfo, LeaderSheet, MemberInfo, RegistrarInfo, ServiceInfo } from 'troupe'
import { byKey, type Metric, metricsOf, type Reading, seconds } from './metric.js'

const STATES = ['connected', 'disconnected', 'stopped'] as const
const ROLES = ['leader', 'follower', 'candidate', 'observer'] as const
const BREAKERS = ['closed', 'half-open', 'open'] as const

const ofRegistrar = metricsOf<RegistrarInfo>(({ registrar }) => registrar)
const ofMembers = metricsOf<readonly MemberInfo[]>(({ members }) => members)
const ofLeaders = metricsOf<readonly LeaderSheet[]>(({ leaders }) => leaders)
const ofServices = metricsOf<readonly ServiceInfo[]>(({ services }) => services)
const ofCron = metricsOf<readonly CronJobInfo[]>(({ cron }) => cron)

/** 1 for the word that holds, 0 for the others. */
const oneOf = (
  label: string,
  words: readonly string[],
  holds: string,
  labels: Reading['labels'] = {},
): readonly Reading[] =>
  words.map((word) => ({ labels: { ...labels, [label]: word }, value: word === holds ? 1 : 0 }))

const leaders = (read: (leader: LeaderSheet) => number) => (all: readonly LeaderSheet[]) =>
  all.map((one) => ({
    labels: { cluster_id: one.clusterId, name: one.name ?? '' },
    value: read(one),
  }))

const routes = (read: (route: ServiceInfo['routes'][number]) => number) => {
  return (all: readonly ServiceInfo[]): readonly Reading[] =>
    all.flatMap(({ name, routes }) =>
      routes.map((route) => ({
        labels: { service: name, remote_node: route.route.node },
        value: read(route),
      })),
    )
}

const services = (read: (one: ServiceInfo) => number) => (all: readonly ServiceInfo[]) =>
  all.map((one) => ({ labels: { service: one.name }, value: read(one) }))

const jobs = (read: (job: CronJobInfo) => number) => (all: readonly CronJobInfo[]) =>
  all.map((job) => ({ labels: { job_name: job.name }, value: read(job) }))

export const CLUSTER_METRICS: readonly Metric[] = Object.freeze([
  ofRegistrar.gauge('registrar_state', 'What the registrar is: 1 for the state it is in.', (info) =>
    oneOf('state', STATES, info.state, { kind: info.kind }),
  ),
  ofRegistrar.gauge(
    'registrar_nodes',
    'Other nodes that the registrar knows.',
    (info) => info.nodes,
  ),
  ofRegistrar.gauge('registrar_serving', 'Whether this node is the server; 0 or 1.', (info) =>
    info.serving ? 1 : 0,
  ),
  ofRegistrar.counter('registrar_refused_total', 'What the registrar refused, by code.', (info) =>
    byKey('code', info.refused),
  ),
  ofMembers.gauge('members', 'Other nodes of the cluster, by their state.', (all) => {
    const counts = new Map<string, number>()
    for (const { state } of all) counts.set(state, (counts.get(state) ?? 0) + 1)
    return [...counts].map(([state, value]) => ({ labels: { state }, value }))
  }),
  ofLeaders.gauge('leader_role', 'What a process that is led is: 1 for its role.', (all) =>
    all.flatMap((one) =>
      oneOf('role', ROLES, one.role, { cluster_id: one.clusterId, name: one.name ?? '' }),
    ),
  ),
  ofLeaders.gauge('leader_known', 'Whether it knows its leader; 0 or 1.', (all) =>
    leaders(({ leader }) => (leader === undefined ? 0 : 1))(all),
  ),
  ofLeaders.gauge(
    'leader_term',
    'The term it is in.',
    leaders(({ term }) => term),
  ),
  ofLeaders.gauge(
    'leader_lease_left_seconds',
    'How long the lead is still sure.',
    leaders(({ leaseLeftMs }) => seconds(leaseLeftMs)),
  ),
  ofLeaders.gauge(
    'leader_voters',
    'Who may vote.',
    leaders(({ voters }) => voters.length),
  ),
  ofLeaders.gauge(
    'leader_peers',
    'Who was heard of.',
    leaders(({ heard }) => heard.length),
  ),
])

export const SERVICE_METRICS: readonly Metric[] = Object.freeze([
  ofServices.gauge('breaker_state', 'The breaker of a node of a service: 1 for its state.', (all) =>
    all.flatMap(({ name, routes }) =>
      routes.flatMap(({ route, breaker }) =>
        oneOf('state', BREAKERS, breaker, { service: name, remote_node: route.node }),
      ),
    ),
  ),
  ofServices.gauge(
    'service_weight',
    'The weight of a node.',
    routes(({ route }) => route.weight),
  ),
  ofServices.gauge(
    'service_pending',
    'Open requests to a node.',
    routes(({ pending }) => pending),
  ),
  ofServices.counter(
    'service_sent_total',
    'Requests to a node.',
    routes(({ sent }) => sent),
  ),
  ofServices.counter(
    'service_answered_total',
    'Requests that a node answered.',
    routes(({ answered }) => answered),
  ),
  ofServices.counter(
    'service_failed_total',
    'Requests that failed because of their node.',
    routes(({ failed }) => failed),
  ),
  ofServices.counter(
    'service_retried_total',
    'Tries beyond the first.',
    services(({ retried }) => retried),
  ),
  ofServices.counter(
    'service_hedged_total',
    'Second nodes that were asked as well.',
    services(({ hedged }) => hedged),
  ),
  ofServices.counter(
    'service_unrouted_total',
    'Requests and messages for which there was no node.',
    services(({ unrouted }) => unrouted),
  ),
])

export const CRON_METRICS: readonly Metric[] = Object.freeze([
  ofCron.gauge(
    'cron_job_enabled',
    'Whether the job is on; 0 or 1.',
    jobs((job) => +job.enabled),
  ),
  ofCron.gauge(
    'cron_job_running',
    'Runs that have not ended.',
    jobs(({ running }) => running),
  ),
  ofCron.counter(
    'cron_job_runs_total',
    'Runs that have begun.',
    jobs(({ runs }) => runs),
  ),
  ofCron.counter(
    'cron_job_failures_total',
    'Runs that failed.',
    jobs(({ failures }) => failures),
  ),
  ofCron.counter(
    'cron_job_missed_total',
    'Due times that passed without a run.',
    jobs(({ missed }) => missed),
  ),
  ofCron.counter(
    'cron_job_skipped_total',
    'Due times given up because the run before was still going.',
    jobs(({ skipped }) => skipped),
  ),
])
