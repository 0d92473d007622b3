/**
 * page/pages/profiler: where a node spends its time, and what its heap is made of. Nothing is taken
 * unless it is asked for.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { FiguresSheet, ProfileRow, ProfileSheet } from 'troupe'
import type { Problem } from '#observer/contract/api'
import { bytes, count, duration, percent } from '#page/base/format'
import { whyNot } from '#page/kit/action'
import { Button, Card, Empty, PageHead, ProblemBox, Usage } from '#page/kit/basics'
import { Choice } from '#page/kit/fields'
import { useTrails } from '#page/kit/history'
import { NodeLink } from '#page/kit/links'
import { type Column, Table } from '#page/kit/table'
import { Tile, Tiles } from '#page/kit/tile'
import { get, nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import type { PageProps } from '#page/pages'
import { Flame } from './flame.js'

const LENGTHS = [
  ['1000', '1 s'],
  ['5000', '5 s'],
  ['15000', '15 s'],
  ['30000', '30 s'],
] as const

type Length = (typeof LENGTHS)[number][0]

/** Takes profiles, one at a time. */
function useProfile(node: string, kind: ProfileSheet['kind']) {
  const sheet = useSignal<ProfileSheet | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const take = async (forMs?: string): Promise<void> => {
    isBusy.value = true
    const answer = await get<ProfileSheet>(nodeAddress(node, 'profile', { kind, forMs }))
    isBusy.value = false
    problem.value = answer.kind === 'problem' ? answer.problem : undefined
    if (answer.kind === 'value') sheet.value = answer.value
  }
  return { sheet: sheet.value, problem: problem.value, isBusy: isBusy.value, take }
}

/** The page. */
export function ProfilerPage({ node = '' }: PageProps): VNode {
  return (
    <>
      <PageHead title="Profiler" subtitle={<NodeLink node={node} />} />
      <Memory node={node} />
      <Cpu node={node} />
      <Heap node={node} />
    </>
  )
}

const TRAILS = [
  ...(['heapUsedBytes', 'externalBytes', 'rssBytes', 'utilisation', 'loopDelayMs'] as const),
] as const

function Memory({ node }: { readonly node: string }): VNode {
  const { sheet } = useSubject<FiguresSheet>(nodeAddress(node, 'figures'))
  const trails = useTrails((query) => nodeAddress(node, 'history', query), TRAILS)
  const { memory, loop, timeMs: atMs = 0 } = sheet ?? {}
  return (
    <Tiles>
      <Tile
        label="Heap"
        value={memory?.heapUsedBytes}
        format={bytes}
        trail={trails.heapUsedBytes}
      />
      <Tile label="Heap, taken" value={memory?.heapTotalBytes} format={bytes} atMs={atMs} />
      <Tile
        label="Outside the heap"
        value={memory?.externalBytes}
        format={bytes}
        trail={trails.externalBytes}
      />
      <Tile label="Resident" value={memory?.rssBytes} format={bytes} trail={trails.rssBytes} />
      <Tile
        label="Loop busy"
        value={loop?.utilisation}
        format={percent}
        trail={trails.utilisation}
      />
      <Tile
        label="Loop delay p99"
        value={loop?.delayP99Ms}
        format={duration}
        trail={trails.loopDelayMs}
      />
    </Tiles>
  )
}

function Cpu({ node }: { readonly node: string }): VNode {
  const length = useSignal<Length>('5000')
  const { sheet, problem, isBusy, take } = useProfile(node, 'cpu')
  const note =
    sheet === undefined ? '' : `${duration(sheet.tookMs)}, ${count(sheet.samples)} samples`
  return (
    <Card
      title="CPU profile"
      note={isBusy ? 'taking it' : note}
      actions={<CpuActions node={node} length={length} isBusy={isBusy} onTake={take} />}
      flush
    >
      {problem !== undefined && <ProblemBox problem={problem} />}
      <CpuSheet sheet={sheet} isBusy={isBusy} />
    </Card>
  )
}

interface CpuActionsProps {
  readonly node: string
  readonly length: { value: Length }
  readonly isBusy: boolean
  readonly onTake: (forMs: string) => Promise<void>
}

/** How long, taking one to be looked at here, and taking one as a file. */
function CpuActions({ node, length, isBusy, onTake }: CpuActionsProps): VNode {
  const refused = whyNot(node, 'profile')
  return (
    <>
      <Choice
        label="How long"
        hideLabel
        value={length.value}
        choices={LENGTHS}
        onValue={(value) => {
          length.value = value
        }}
      />
      <Button
        kind="strong"
        onPress={() => void onTake(length.value)}
        disabled={isBusy || refused !== undefined}
        title={refused}
      >
        Take a CPU profile
      </Button>
      {refused === undefined && (
        <a
          class="button button-plain"
          href={`/api${nodeAddress(node, 'cpu-profile', { forMs: length.value })}`}
          title="Takes one as a file, for the tools of a browser"
          download
        >
          .cpuprofile
        </a>
      )}
    </>
  )
}

function CpuSheet({
  sheet,
  isBusy,
}: {
  readonly sheet: ProfileSheet | undefined
  readonly isBusy: boolean
}): VNode {
  if (sheet === undefined) {
    return (
      <Empty title={isBusy ? 'The node is watched' : 'No profile has been taken'}>
        While it is taken the node works on, a little slower.
      </Empty>
    )
  }
  return (
    <>
      <Flame boxes={sheet.flame} />
      <Functions sheet={sheet} />
    </>
  )
}

type Order = 'selfMs' | 'totalMs' | 'hits'

const COLUMNS: readonly Column<ProfileRow>[] = [
  {
    ...{ id: 'name', title: 'Function', width: 'minmax(130px, 1fr)' },
    cell: ({ name }) => <span class="mono">{name}</span>,
  },
  {
    ...{ id: 'place', title: 'Place', width: 'minmax(130px, 2fr)', wide: true },
    cell: ({ place }) => (
      <span class="mono aside" title={place}>
        {place}
      </span>
    ),
  },
  {
    ...{ id: 'self', title: 'Alone', width: '84px', align: 'end', sort: 'selfMs' },
    cell: ({ selfMs }) => duration(selfMs),
  },
  {
    ...{ id: 'total', title: 'In all', width: '84px', align: 'end', sort: 'totalMs' },
    cell: ({ totalMs }) => duration(totalMs),
  },
  {
    ...{ id: 'hits', title: 'Samples', width: '76px', align: 'end', sort: 'hits', wide: true },
    cell: ({ hits }) => count(hits),
  },
]

function Functions({ sheet }: { readonly sheet: ProfileSheet }): VNode {
  const order = useSignal<Order>('selfMs')
  const rows = [...sheet.rows].sort((left, right) => right[order.value] - left[order.value])
  return (
    <Table
      label="Functions of the profile"
      columns={COLUMNS}
      rows={rows}
      keyOf={({ name, place }) => `${name} ${place}`}
      sorted={order.value}
      onSort={(name) => {
        order.value = name as Order
      }}
      empty={<Empty title="The node was idle" />}
    />
  )
}

function Heap({ node }: { readonly node: string }): VNode {
  const { sheet, problem, isBusy, take } = useProfile(node, 'heap')
  const refused = whyNot(node, 'profile')
  return (
    <Card
      title="Heap and garbage collection"
      actions={
        <Button
          onPress={() => void take()}
          disabled={isBusy || refused !== undefined}
          title={refused}
        >
          Look at the heap
        </Button>
      }
    >
      {problem !== undefined && <ProblemBox problem={problem} />}
      {sheet === undefined ? (
        <Empty title="The heap has not been looked at">
          Its spaces and what collections took since then are told; nothing is stopped.
        </Empty>
      ) : (
        <div class="columns">
          <Spaces sheet={sheet} />
          <Collections sheet={sheet} />
        </div>
      )}
    </Card>
  )
}

const Spaces = ({ sheet }: { readonly sheet: ProfileSheet }): VNode => (
  <section>
    <h3>Spaces</h3>
    {sheet.spaces.map(({ name, usedBytes, sizeBytes }) => (
      <Usage
        key={name}
        label={name.replaceAll('_', ' ')}
        used={usedBytes}
        limit={sizeBytes}
        format={bytes}
        calm
      />
    ))}
  </section>
)

const COLLECTIONS: readonly Column<ProfileSheet['collections'][number]>[] = [
  { id: 'kind', title: 'Kind', width: 'minmax(80px, 1fr)', cell: ({ kind }) => kind },
  {
    ...{ id: 'count', title: 'Times', width: '70px', align: 'end' },
    cell: ({ count: times }) => count(times),
  },
  {
    ...{ id: 'total', title: 'In all', width: '84px', align: 'end' },
    cell: ({ totalMs }) => duration(totalMs),
  },
  {
    ...{ id: 'longest', title: 'Longest', width: '84px', align: 'end' },
    cell: ({ maxMs }) => duration(maxMs),
  },
]

const Collections = ({ sheet }: { readonly sheet: ProfileSheet }): VNode => (
  <section>
    <h3>Collections, since they were first asked for</h3>
    <Table
      label="Garbage collections since it was first asked for"
      columns={COLLECTIONS}
      rows={sheet.collections}
      keyOf={({ kind }) => kind}
      empty={<Empty title="Nothing has been collected" />}
    />
  </section>
)
