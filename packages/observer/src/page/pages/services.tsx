/**
 * page/pages/services: services with their routes, weights and breakers, as one node has used them
 * or as all nodes have.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { Page, ServiceInfo } from 'troupe'
import type { ClusterServices, Problem } from '#observer/contract/api'
import { count, duration, percent } from '#page/base/format'
import { Action } from '#page/kit/action'
import { Badge, Card, Empty, PageHead, ProblemBox, Skeleton, State } from '#page/kit/basics'
import { Field } from '#page/kit/fields'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { address, nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import { confirmOf, weightOrder } from '#page/model/orders'
import {
  servicesOfCluster,
  servicesOfNode,
  type ToldRoute,
  type ToldService,
} from '#page/model/services'
import type { PageProps } from '#page/pages'
import { Missing } from './parts/missing.js'

const LIMIT = 500

const COLUMNS: readonly Column<ToldRoute>[] = [
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(110px, 2fr)' },
    cell: ({ node }) => <NodeLink node={node} page="applications" />,
  },
  {
    ...{ id: 'state', title: 'State', width: '84px', wide: true },
    cell: ({ state }) => <State state={state} />,
  },
  {
    ...{ id: 'breaker', title: 'Breaker', width: '136px' },
    cell: (route) => <Breaker route={route} />,
  },
  {
    ...{ id: 'weight', title: 'Weight', width: '46px', align: 'end' },
    cell: ({ weight }) => count(weight),
  },
  {
    ...{ id: 'share', title: 'Share', width: '44px', align: 'end', wide: true },
    cell: ({ share }) => percent(share),
  },
  {
    ...{ id: 'pending', title: 'Open', width: '40px', align: 'end', wide: true },
    cell: ({ pending }) => count(pending),
  },
  {
    ...{ id: 'sent', title: 'Sent', width: '68px', align: 'end', wide: true },
    cell: ({ sent }) => count(sent),
  },
  {
    ...{ id: 'answered', title: 'Answered', width: '68px', align: 'end', wide: true },
    cell: ({ answered }) => count(answered),
  },
  {
    ...{ id: 'failed', title: 'Failed', width: '50px', align: 'end', wide: true },
    cell: ({ failed }) => count(failed),
  },
  {
    ...{ id: 'failed-share', title: 'of sent', width: '46px', align: 'end', wide: true },
    cell: ({ failed, sent }) => (failed === 0 ? '' : percent(failed / sent)),
  },
]

const columnsOf = (name: string): readonly Column<ToldRoute>[] => [
  ...COLUMNS,
  {
    ...{ id: 'do', title: '', width: '128px', align: 'end', below: true },
    cell: ({ node, weight }) => <Weigh node={node} name={name} weight={weight} />,
  },
]

/** Of many nodes: how many of them hold it open. */
function Breaker({ route }: { readonly route: ToldRoute }): VNode {
  const { breaker, callers, notClosed, opensInMs } = route
  const title = [
    callers > 1 && notClosed.length > 0 ? `not closed at ${notClosed.join(', ')}` : '',
    opensInMs > 0 ? `lets a probe through in ${duration(opensInMs)}` : '',
  ]
  return (
    <>
      <State state={breaker} title={title.filter(Boolean).join('; ')} />
      {callers > 1 && notClosed.length > 0 && (
        <span class="aside figure"> {`${notClosed.length} of ${callers}`}</span>
      )}
    </>
  )
}

const NO_SERVICES = 'No node has used a service, and none knows a route of one'
const NO_SERVICE_HERE = 'This node has used no service and knows no route of one'

/** The page. */
export const ServicesPage = ({ node }: PageProps): VNode =>
  node === undefined ? <AllServices /> : <NodeServices node={node} />

function AllServices(): VNode {
  const { sheet, problem } = useSubject<ClusterServices>(address(['cluster', 'services']))
  return (
    <>
      <PageHead title="Services" subtitle="as all nodes together have used them" />
      <Missing missing={sheet?.missing ?? []} />
      <Services
        services={sheet && servicesOfCluster(sheet.services)}
        problem={problem}
        none={NO_SERVICES}
      />
    </>
  )
}

function NodeServices({ node }: { readonly node: string }): VNode {
  const { sheet, problem } = useSubject<Page<ServiceInfo>>(
    nodeAddress(node, 'services', { limit: LIMIT }),
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
      <Services
        services={sheet && servicesOfNode(sheet.rows)}
        problem={problem}
        none={NO_SERVICE_HERE}
      />
    </>
  )
}

function Services({
  services,
  problem,
  none,
}: {
  readonly services: readonly ToldService[] | undefined
  readonly problem: Problem | undefined
  readonly none: string
}): VNode {
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} />}
      {services === undefined && problem === undefined && <Skeleton height={320} />}
      {services?.length === 0 && (
        <Card title="Services">
          <Empty title={none}>
            Applications that run on other nodes are services; they are called by their name.
          </Empty>
        </Card>
      )}
      {services?.map((service) => (
        <Service key={service.name} service={service} />
      ))}
    </>
  )
}

function Service({ service }: { readonly service: ToldService }): VNode {
  const { name, routes } = service
  const open = routes.filter(({ breaker }) => breaker !== 'closed').length
  return (
    <Card
      title={name}
      note={routes.length === 1 ? '1 route' : `${routes.length} routes`}
      actions={<Told service={service} open={open} />}
      flush
    >
      <Table
        label={`Routes of ${name}`}
        columns={columnsOf(name)}
        rows={routes}
        keyOf={({ node }) => node}
        empty={<Empty title="No node offers it now" />}
      />
    </Card>
  )
}

/** What is told of a service beside its routes; what has never happened is left out. */
function Told({ service, open }: { readonly service: ToldService; readonly open: number }): VNode {
  const told: readonly (readonly [string, number])[] = [
    ['tried again', service.retried],
    ['asked twice', service.hedged],
    ['over budget', service.overBudget],
    ['late', service.late],
    ['without a route', service.unrouted],
  ]
  return (
    <span class="badges">
      {open > 0 && (
        <Badge tone="bad">{open === 1 ? '1 breaker' : `${open} breakers`} not closed</Badge>
      )}
      {told
        .filter(([, value]) => value > 0)
        .map(([words, value]) => (
          <Badge key={words}>
            {count(value)} {words}
          </Badge>
        ))}
    </span>
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
        onOpen={() => {
          wanted.value = String(weight)
        }}
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
