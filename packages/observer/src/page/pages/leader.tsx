/**
 * page/pages/leader: what is led, in the whole cluster or as one node sees it: by whom, since which
 * term, with whose votes.
 */
import type { VNode } from 'preact'
import type { LeaderSheet, Page } from 'troupe'
import type { ClusterElection, ClusterElections, ClusterVoter } from '#observer/contract/api'
import { count, dateTime, duration } from '#page/base/format'
import { Action } from '#page/kit/action'
import {
  Badge,
  Card,
  Empty,
  KeyValue,
  PageHead,
  ProblemBox,
  Skeleton,
  State,
} from '#page/kit/basics'
import { NodeLink, nodeOfPid, PidLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import type { AsJson } from '#page/live/json'
import { useSubject } from '#page/live/use'
import type { PageProps } from '#page/pages'
import { Missing } from './parts/missing.js'

const LIMIT = 500

/** The page. */
export function LeaderPage({ node }: PageProps): VNode {
  return node === undefined ? <AllElections /> : <NodeElections node={node} />
}

function AllElections(): VNode {
  const { sheet, problem } = useSubject<ClusterElections>(address(['cluster', 'leaders']))
  const unled = sheet?.elections.filter(({ leader }) => leader === undefined).length ?? 0
  const total = sheet?.total === 1 ? '1 election' : `${count(sheet?.total)} elections`
  return (
    <>
      <PageHead
        title="Leader"
        subtitle={unled === 0 ? total : `${total}, ${unled} without a leader`}
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      <Elections elections={sheet?.elections} isAsked={problem === undefined} own={undefined} />
    </>
  )
}

function NodeElections({ node }: { readonly node: string }): VNode {
  const { sheet, problem } = useSubject<Page<AsJson<LeaderSheet>>>(
    nodeAddress(node, 'leaders', { limit: LIMIT }),
  )
  return (
    <>
      <PageHead
        title="Leader"
        subtitle={
          <>
            elections that <NodeLink node={node} /> takes part in
          </>
        }
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Elections
        elections={sheet?.rows.map((row) => electionOf(node, row))}
        isAsked={problem === undefined}
        own={node}
      />
    </>
  )
}

/** An election as one of its members alone sees it. */
function electionOf(node: string, sheet: AsJson<LeaderSheet>): ClusterElection {
  const { clusterId, decidedBy, term, leader, voters, changes } = sheet
  const leaderNode = sheet.role === 'leader' ? node : undefined
  return {
    ...{ clusterId, decidedBy, term, leader, leaderNode, voters, changes },
    ...{ disputed: false, members: [{ ...sheet, node }] },
  }
}

function Elections({
  elections,
  isAsked,
  own,
}: {
  readonly elections: readonly ClusterElection[] | undefined
  /** An answer is on its way. */
  readonly isAsked: boolean
  /** The node that is looked at alone. */
  readonly own: string | undefined
}): VNode | null {
  if (elections === undefined) return isAsked ? <Skeleton height={320} /> : null
  if (elections.length === 0) {
    return (
      <Card title="Elections">
        <Empty title={own === undefined ? 'Nothing is led' : 'Nothing on this node is led'}>
          Leaders, locks and singletons stand here with their terms and votes.
        </Empty>
      </Card>
    )
  }
  return (
    <>
      {elections.map((election) => (
        <OneElection key={election.clusterId} election={election} isAll={own === undefined} />
      ))}
    </>
  )
}

function OneElection({
  election,
  isAll,
}: {
  readonly election: ClusterElection
  readonly isAll: boolean
}): VNode {
  const { clusterId, leader, leaderNode, disputed, members } = election
  return (
    <Card
      title={clusterId}
      note={isAll ? undefined : <State state={members[0]?.role ?? 'observer'} />}
      actions={
        <>
          {leader === undefined && <Badge tone="warn">nobody leads</Badge>}
          {disputed && <Badge tone="warn">more than one says that it leads</Badge>}
          {leaderNode !== undefined && (
            <Action
              // Who asks one leader to step down does not ask the next one.
              key={leaderNode}
              node={leaderNode}
              label="Step down"
              order={{ do: 'leader-step-down', clusterId }}
              confirm={clusterId}
              words="It gives up its term; the voters choose anew."
            />
          )}
        </>
      }
      flush
    >
      <div class="columns card-inset">
        <KeyValue rows={factsOf(election, isAll)} />
        <Voters election={election} isAll={isAll} />
        <Changes changes={election.changes} />
      </div>
      {isAll && <Members election={election} />}
    </Card>
  )
}

function factsOf(
  { leader, term, decidedBy, members }: ClusterElection,
  isAll: boolean,
): readonly (readonly [string, VNode | string])[] {
  const own = members[0]
  const leaseLeftMs = members.find(({ pid }) => pid === leader)?.leaseLeftMs ?? 0
  return [
    [
      'Leader',
      leader === undefined ? (
        <span class="words-warn">nobody is known</span>
      ) : (
        <PidLink pid={leader} />
      ),
    ],
    ['Term', count(term)],
    ['Decided by', decidedBy === 'vote' ? 'votes' : 'an arbiter'],
    ['Lease', leaseLeftMs > 0 ? `${duration(leaseLeftMs)} left` : '–'],
    ...(isAll || own === undefined
      ? []
      : [['Takes part as', <PidLink key="pid" pid={own.pid} name={own.name} />] as const]),
  ]
}

interface VotersProps {
  readonly election: ClusterElection
  readonly isAll: boolean
}

/** Who votes, and who of them has been heard. */
function Voters({ election: { voters, members, leader }, isAll }: VotersProps): VNode {
  const majority = Math.floor(voters.length / 2) + 1
  const teller = members.find(({ pid }) => pid === leader) ?? members[0]
  const heard = teller?.heard ?? []
  const isHeard = (voter: string): boolean =>
    voter === teller?.node || heard.some((pid) => nodeOfPid(pid) === voter)
  return (
    <section>
      <h3>
        Voters{' '}
        <span class="aside">
          {voters.length === 0 ? '' : `${majority} of ${voters.length} decide`}
        </span>
      </h3>
      {voters.length === 0 && <p class="empty-words">Nobody votes: an arbiter decides.</p>}
      <p class="badges">
        {voters.map((voter) => (
          <Badge
            key={voter}
            tone={isHeard(voter) ? 'good' : 'warn'}
            title={isHeard(voter) ? 'is heard' : 'has not been heard'}
          >
            <span class="mono">{voter}</span>
            {isHeard(voter) ? '' : ' not heard'}
          </Badge>
        ))}
      </p>
      {!isAll && <Heard heard={heard} />}
    </section>
  )
}

const Heard = ({ heard }: { readonly heard: readonly string[] }): VNode => (
  <>
    <h3>Heard</h3>
    <p class="badges">
      {heard.length === 0 && <span class="words-warn">nobody</span>}
      {heard.map((pid) => (
        <PidLink key={pid} pid={pid} />
      ))}
    </p>
  </>
)

function Changes({ changes }: { readonly changes: ClusterElection['changes'] }): VNode {
  return (
    <section>
      <h3>Who led</h3>
      {changes.length === 0 && <p class="empty-words">No change has been seen.</p>}
      <ol class="changes">
        {changes.map(({ timeMs, term, leader }) => (
          <li key={`${term} ${timeMs} ${leader}`}>
            <span class="figure aside">{dateTime(timeMs)}</span>
            <span class="figure">term {count(term)}</span>
            {leader === undefined ? (
              <Badge tone="warn">nobody led</Badge>
            ) : (
              <span class="mono">{leader}</span>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

const MEMBERS: readonly Column<ClusterVoter>[] = [
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(130px, 2fr)' },
    cell: ({ node }) => <NodeLink node={node} page="leader" />,
  },
  {
    ...{ id: 'role', title: 'Is', width: '110px' },
    cell: ({ role }) => <State state={role} />,
  },
  {
    ...{ id: 'term', title: 'Term', width: '60px', align: 'end' },
    cell: ({ term }) => count(term),
  },
  {
    ...{ id: 'process', title: 'Takes part as', width: 'minmax(120px, 1fr)', wide: true },
    cell: ({ pid, name }) => <PidLink pid={pid} name={name} />,
  },
  {
    ...{ id: 'leader', title: 'Follows', width: 'minmax(130px, 2fr)', wide: true },
    cell: ({ leader }) =>
      leader === undefined ? <span class="words-warn">nobody</span> : <PidLink pid={leader} />,
  },
]

/** What each of the nodes that take part says. */
const Members = ({ election }: { readonly election: ClusterElection }): VNode => (
  <Table
    label={`Who takes part in ${election.clusterId}`}
    columns={MEMBERS}
    rows={election.members}
    keyOf={({ pid }) => pid}
    heightMax={300}
    empty={<Empty title="Nobody takes part" />}
  />
)
