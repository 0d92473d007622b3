/**
 * page/pages/node/machine: what a node runs on: its machine with load, memory and disks, what its
 * program holds of it, and what Node is made of.
 */
import type { ComponentChildren, VNode } from 'preact'
import type { HostSheet, NodeSheet } from 'troupe'
import { bytes, clockTime, count, dateTime, duration, percent } from '#page/base/format'
import { Badge, Card, KeyValue, ProblemBox, Skeleton, Usage } from '#page/kit/basics'
import { type Column, Table } from '#page/kit/table'
import { nodeAddress } from '#page/live/api'
import type { AsJson } from '#page/live/json'
import { useSubject } from '#page/live/use'

/** What is undefined at the node is left out on its way. */
type Host = AsJson<HostSheet>

/** The program, its machine, and versions. */
export function NodeMachine({
  node,
  sheet,
}: {
  readonly node: string
  readonly sheet: NodeSheet | undefined
}): VNode {
  const { sheet: host, problem } = useSubject<Host>(nodeAddress(node, 'host'))
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <div class="masonry masonry-cards">
        {host === undefined ? problem === undefined && <Skeleton height={420} /> : ofHost(host)}
        {sheet !== undefined && ofProgram(sheet)}
      </div>
    </>
  )
}

/** The machine, each part as a card of its own. */
function ofHost(host: Host): ComponentChildren {
  return [
    <Load key="load" host={host} />,
    host.memory !== undefined && <Memory key="memory" memory={host.memory} />,
    <Disks key="disks" host={host} />,
    <Holds key="holds" host={host} />,
    host.threads.length > 0 && <Threads key="threads" host={host} />,
  ]
}

function Load({ host }: { readonly host: Host }): VNode {
  const { load, cores, container, unread } = host
  const times = [
    ['1 minute', load?.one],
    ['5 minutes', load?.five],
    ['15 minutes', load?.fifteen],
  ] as const
  const { throttled = 0, throttledMs = 0 } = container
  return (
    <Card title="Load" note={`${count(cores)} cores; programs that run or want to`}>
      {load === undefined && <p class="aside">This system does not tell its load.</p>}
      {times.map(
        ([words, value]) =>
          value !== undefined && (
            <Usage key={words} label={words} used={value} limit={cores} format={ofLoad} />
          ),
      )}
      {container.cores !== undefined && (
        <KeyValue
          rows={[
            ['Cores of the container', container.cores.toFixed(2)],
            [
              'Throttled',
              <span key="throttled" class={throttled > 0 ? 'words-warn' : ''}>
                {count(throttled)} times, {duration(throttledMs)}
              </span>,
            ],
          ]}
        />
      )}
      {unread.length > 0 && <p class="aside">Not told by this system: {unread.join(', ')}.</p>}
    </Card>
  )
}

const ofLoad = (value: number): string => value.toFixed(2)

function Memory({ memory }: { readonly memory: NonNullable<Host['memory']> }): VNode {
  const { totalBytes, usedBytes, cachedBytes, swapTotalBytes, swapUsedBytes } = memory
  return (
    <Card title="Memory of the machine" note={bytes(totalBytes)}>
      <Usage label="Used" used={usedBytes} limit={totalBytes} format={bytes} />
      {cachedBytes !== undefined && (
        <Usage label="Cached" used={cachedBytes} limit={totalBytes} format={bytes} calm />
      )}
      {swapTotalBytes !== undefined && swapTotalBytes > 0 && (
        <Usage label="Swap" used={swapUsedBytes ?? 0} limit={swapTotalBytes} format={bytes} />
      )}
      <KeyValue rows={[['Available', bytes(memory.availableBytes)]]} />
    </Card>
  )
}

/** As `df` tells it: of what a program without special rights can have. */
const Disks = ({ host: { disks, disksLeftOut } }: { readonly host: Host }): VNode => (
  <Card title="Disks" note={disksLeftOut === 0 ? count(disks.length) : `${disksLeftOut} left out`}>
    {disks.length === 0 && <p class="aside">No disk of its own is mounted.</p>}
    {disks.map(({ mount, kind, usedBytes, availableBytes }) => (
      <Usage
        key={mount}
        label={`${mount} (${kind})`}
        used={usedBytes}
        limit={usedBytes + availableBytes}
        format={bytes}
      />
    ))}
  </Card>
)

function Holds({ host }: { readonly host: Host }): VNode {
  const { files, resources, container } = host
  const { memoryLimitBytes, memoryAvailableBytes } = container
  const limit = (memoryLimitBytes ?? 0) > 0 ? memoryLimitBytes : undefined
  return (
    <Card title="What the program holds" note={`at ${clockTime(host.timeMs)}`}>
      {files?.max !== undefined && (
        <Usage label="Open files and sockets" used={files.open} limit={files.max} format={count} />
      )}
      {limit !== undefined && memoryAvailableBytes !== undefined && (
        <Usage
          label="Memory of the container"
          used={limit - memoryAvailableBytes}
          limit={limit}
          format={bytes}
        />
      )}
      <KeyValue
        rows={[
          ...(files !== undefined && files.max === undefined
            ? [['Open files and sockets', count(files.open)] as const]
            : []),
          ...Object.entries(resources ?? {}).map(([type, many]) => [type, count(many)] as const),
        ]}
      />
    </Card>
  )
}

const THREADS: readonly Column<Host['threads'][number]>[] = [
  { id: 'name', title: 'Thread', width: 'minmax(80px, 1fr)', cell: ({ name }) => name },
  {
    ...{ id: 'busy', title: 'Busy', width: '52px', align: 'end' },
    cell: ({ utilisation }) => percent(utilisation),
  },
  {
    ...{ id: 'cpu', title: 'CPU time', width: '92px', align: 'end' },
    cell: ({ cpuMs }) => duration(cpuMs),
  },
]

const Threads = ({ host }: { readonly host: Host }): VNode => (
  <Card
    title="Threads"
    note={`${count(host.threadsTotal)}, workers ${count(host.workersTotal)}`}
    flush
  >
    <Table
      label="Threads of the program"
      columns={THREADS}
      rows={host.threads}
      keyOf={({ id }) => String(id)}
      heightMax={260}
      empty=""
    />
    {host.workers.length > 0 && (
      <p class="badges card-inset">
        {host.workers.map(({ id, utilisation }) => (
          <Badge key={id}>
            worker {id}: {percent(utilisation)}
          </Badge>
        ))}
      </p>
    )}
  </Card>
)

/** The program and what Node is made of. */
function ofProgram(sheet: NodeSheet): ComponentChildren {
  const { program } = sheet
  const versions = Object.entries(program.versions).sort(([one], [other]) => (one < other ? -1 : 1))
  return [
    <Card key="program" title="Program">
      <KeyValue
        rows={[
          ['Troupe', sheet.version],
          ['Node', program.nodeVersion],
          ['Process', String(program.osPid)],
          ['Host', program.hostName],
          ['Platform', program.platform],
          ['Release', program.osRelease],
          ['Time zone', program.timeZone],
          ['Born', dateTime(sheet.creation)],
          ['Its clock', dateTime(sheet.timeMs)],
        ]}
      />
    </Card>,
    <Card key="versions" title="What Node is made of" note={`${versions.length} versions`}>
      <KeyValue rows={versions} />
    </Card>,
  ]
}
