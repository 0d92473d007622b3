/**
 * page/pages/services: services as a node has used them: routes, weights, breakers.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { Page, ServiceInfo, ServiceRouteInfo } from 'troupe'
import { count, duration, percent } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, Card, Empty, PageHead, ProblemBox, Skeleton, State } from '#page/kit/basics'
import { Field } from '#page/kit/fields'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import { confirmOf, weightOrder } from '#page/model/orders'
import type { PageProps } from '#page/pages'

const COLUMNS: readonly Column<ServiceRouteInfo>[] = [
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(130px, 2fr)' },
    cell: ({ route }) => <NodeLink node={route.node} page="applications" />,
  },
  {
    ...{ id: 'state', title: 'State', width: '92px', wide: true },
    cell: ({ route }) => <State state={route.state} />,
  },
  {
    ...{ id: 'breaker', title: 'Breaker', width: '96px' },
    cell: ({ breaker, opensInMs }) => (
      <State
        state={breaker}
        title={opensInMs > 0 ? `lets a probe through in ${duration(opensInMs)}` : ''}
      />
    ),
  },
  {
    ...{ id: 'weight', title: 'Weight', width: '60px', align: 'end' },
    cell: ({ route }) => count(route.weight),
  },
  {
    ...{ id: 'pending', title: 'Open', width: '60px', align: 'end', wide: true },
    cell: ({ pending }) => count(pending),
  },
  {
    ...{ id: 'sent', title: 'Sent', width: '84px', align: 'end', wide: true },
    cell: ({ sent }) => count(sent),
  },
  {
    ...{ id: 'answered', title: 'Answered', width: '84px', align: 'end', wide: true },
    cell: ({ answered }) => count(answered),
  },
  {
    ...{ id: 'failed', title: 'Failed', width: '120px', align: 'end', wide: true },
    cell: ({ failed, sent }) => `${count(failed)}  ${percent(sent === 0 ? 0 : failed / sent)}`,
  },
  {
    ...{ id: 'do', title: '', width: '132px', align: 'end' },
    cell: ({ route }) => <Weigh node={route.node} name={route.name} weight={route.weight} />,
  },
]

/** The page. */
export function ServicesPage({ node = '' }: PageProps): VNode {
  const { sheet, problem } = useSubject<Page<ServiceInfo>>(
    nodeAddress(node, 'services', { limit: 500 }),
  )
  return (
    <>
      <PageHead
        title="Services"
        subtitle={
          <>
            as <NodeLink node={node} /> has used them
          </>
        }
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      {sheet === undefined && problem === undefined && <Skeleton height={320} />}
      {sheet?.rows.length === 0 && (
        <Card title="Services">
          <Empty title="This node has used no service and knows no route of one">
            Applications that run on other nodes are services; they are called by their name.
          </Empty>
        </Card>
      )}
      {sheet?.rows.map((info) => (
        <Service key={info.name} info={info} />
      ))}
    </>
  )
}

function Service({ info }: { readonly info: ServiceInfo }): VNode {
  const open = info.routes.filter(({ breaker }) => breaker !== 'closed').length
  const told: readonly (readonly [string, number])[] = [
    ['tried again', info.retried],
    ['asked twice', info.hedged],
    ['over budget', info.overBudget],
    ['late', info.late],
    ['no route', info.unrouted],
  ]
  return (
    <Card
      title={info.name}
      note={`${info.routes.length} routes`}
      actions={
        <span class="badges">
          {open > 0 && <Badge tone="bad">{open} breakers not closed</Badge>}
          {told.map(([words, value]) => (
            <Badge key={words}>
              {words} {count(value)}
            </Badge>
          ))}
        </span>
      }
      flush
    >
      <Table
        label={`Routes of ${info.name}`}
        columns={COLUMNS}
        rows={info.routes}
        keyOf={({ route }) => route.node}
        empty={<Empty title="No node offers it now" />}
      />
    </Card>
  )
}

interface Weighed {
  readonly node: string
  readonly name: string
  readonly weight: number
}

/** Its share of the work; 0 drains it. */
function Weigh({ node, name, weight }: Weighed): VNode {
  const wanted = useSignal(String(weight))
  const change = { do: 'application-change', name }
  const prepared = weightOrder(name, wanted.value)
  return (
    <span class="cell-actions">
      <Action
        node={node}
        label="Weight"
        words={`How much of the work ${node} is given, beside the weights of the others.`}
        order={prepared.kind === 'ready' ? prepared.request.order : change}
        notYet={prepared.kind === 'wrong' ? prepared.problem : undefined}
        {...confirmOf(prepared)}
        kind="plain"
      >
        <Field
          label="Weight, a whole number from 0"
          type="number"
          value={wanted.value}
          onValue={(typed) => {
            wanted.value = typed
          }}
        />
      </Action>
      <Action
        node={node}
        label="Drain"
        disabled={weight === 0}
        words={`${node} is given no new work for ${name}; what it has it finishes.`}
        order={{ ...change, weight: 0 }}
        confirm={name}
      />
    </span>
  )
}
