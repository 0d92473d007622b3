/**
 * page/pages/leader: what is led on a node: by whom, since which term, with whose votes.
 */
import type { VNode } from 'preact'
import type { LeaderSheet, Page } from 'troupe'
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
import { NodeLink, PidLink } from '#page/kit/links'
import { nodeAddress } from '#page/live/api'
import type { AsJson } from '#page/live/json'
import { useSubject } from '#page/live/use'
import type { PageProps } from '#page/pages'

type Sheet = AsJson<LeaderSheet>

/** The page. */
export function LeaderPage({ node = '' }: PageProps): VNode {
  const { sheet, problem } = useSubject<Page<Sheet>>(nodeAddress(node, 'leaders', { limit: 500 }))
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
      {sheet === undefined && problem === undefined && <Skeleton height={320} />}
      {sheet?.rows.length === 0 && (
        <Card title="Elections">
          <Empty title="Nothing on this node is led">
            Leaders, locks and singletons of this node stand here with their terms and votes.
          </Empty>
        </Card>
      )}
      {sheet?.rows.map((row) => (
        <Election key={row.pid} node={node} sheet={row} />
      ))}
    </>
  )
}

function Election({ node, sheet }: { readonly node: string; readonly sheet: Sheet }): VNode {
  const leads = sheet.role === 'leader'
  return (
    <Card
      title={sheet.clusterId}
      note={<State state={sheet.role} />}
      actions={
        leads && (
          <Action
            node={node}
            label="Step down"
            order={{ do: 'leader-step-down', clusterId: sheet.clusterId }}
            confirm={sheet.clusterId}
            words="It gives up its term; the voters choose anew."
          />
        )
      }
    >
      <div class="columns">
        <KeyValue
          rows={[
            ['Leader', sheet.leader === undefined ? 'none known' : <PidLink pid={sheet.leader} />],
            ['Term', count(sheet.term)],
            ['Decided by', sheet.decidedBy === 'vote' ? 'votes' : 'an arbiter'],
            ['Lease', sheet.leaseLeftMs > 0 ? `${duration(sheet.leaseLeftMs)} left` : '–'],
            ['Takes part as', <PidLink key="pid" pid={sheet.pid} name={sheet.name} />],
          ]}
        />
        <Voters sheet={sheet} />
        <Changes sheet={sheet} />
      </div>
    </Card>
  )
}

/** Who votes, and who of them has been heard. */
function Voters({ sheet }: { readonly sheet: Sheet }): VNode {
  const majority = Math.floor(sheet.voters.length / 2) + 1
  return (
    <section>
      <h3>
        Voters{' '}
        <span class="aside">
          {sheet.voters.length === 0 ? '' : `${majority} of ${sheet.voters.length} decide`}
        </span>
      </h3>
      {sheet.voters.length === 0 && <p class="empty-words">Nobody votes: an arbiter decides.</p>}
      <p class="badges">
        {sheet.voters.map((voter) => (
          <Badge key={voter}>
            <span class="mono">{voter}</span>
          </Badge>
        ))}
      </p>
      <h3>Heard</h3>
      <p class="badges">
        {sheet.heard.length === 0 && <span class="aside">nobody</span>}
        {sheet.heard.map((pid) => (
          <PidLink key={pid} pid={pid} />
        ))}
      </p>
    </section>
  )
}

function Changes({ sheet }: { readonly sheet: Sheet }): VNode {
  return (
    <section>
      <h3>Who led</h3>
      {sheet.changes.length === 0 && <p class="empty-words">No change has been seen.</p>}
      <ol class="changes">
        {sheet.changes.map(({ timeMs, term, leader }) => (
          <li key={`${term} ${timeMs}`}>
            <span class="figure">{dateTime(timeMs)}</span>
            <span class="figure aside">term {count(term)}</span>
            <span class="mono">{leader ?? 'nobody'}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
