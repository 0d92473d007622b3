/**
 * page/pages/node: one node: its figures, its last hour, and what it is made of.
 */
import type { VNode } from 'preact'
import type { FiguresSheet, NodeSheet } from 'troupe'
import { dateTime } from '#page/base/format'
import { PageHead, ProblemBox } from '#page/kit/basics'
import { Tabs } from '#page/kit/fields'
import { nodeAddress } from '#page/live/api'
import { useSubject } from '#page/live/use'
import type { PageProps } from '#page/pages'
import { useNodeRates } from '#page/pages/parts/use-node-rates'
import { setQuery } from '#page/router'
import { NodeConfig } from './config.js'
import { NodeCron } from './cron.js'
import { Drain } from './drain.js'
import { NodeEnv } from './env.js'
import { NodeFigures } from './figures.js'
import { NodeHistory } from './history.js'
import { NodeLoggers } from './loggers.js'
import { NodeMachine } from './machine.js'
import { NodeRegistrar } from './registrar.js'
import { NodeTiles } from './tiles.js'

const TABS = [
  ['history', 'History'],
  ['figures', 'All figures'],
  ['machine', 'Machine'],
  ['loggers', 'Loggers'],
  ['cron', 'Cron'],
  ['env', 'Environment'],
  ['registrar', 'Registrar'],
  ['config', 'Configuration'],
] as const
type Tab = (typeof TABS)[number][0]

/** The page of a node. */
export function NodePage({ node = '', query }: PageProps): VNode {
  const figures = useSubject<FiguresSheet>(nodeAddress(node, 'figures'))
  const sheet = useSubject<NodeSheet>(nodeAddress(node, 'node'))
  const rates = useNodeRates(node, figures.sheet)
  const asked = query.get('tab')
  const tab: Tab = TABS.find(([name]) => name === asked)?.[0] ?? 'history'
  const problem = figures.problem ?? sheet.problem
  return (
    <>
      <PageHead
        title={<span class="mono">{node}</span>}
        isLong
        subtitle={sheet.sheet === undefined ? ' ' : <About sheet={sheet.sheet} />}
      >
        <Drain node={node} />
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <NodeTiles node={node} figures={figures.sheet} rates={rates} />
      <Tabs
        label="Parts of the node"
        value={tab}
        tabs={TABS}
        onValue={(value) => setQuery({ tab: value === 'history' ? undefined : value })}
      />
      <div class="flow node-part">
        {tab === 'figures' ? (
          <NodeFigures figures={figures.sheet} sheet={sheet.sheet} rates={rates} />
        ) : (
          <Part tab={tab} node={node} sheet={sheet.sheet} />
        )}
      </div>
    </>
  )
}

function Part({
  tab,
  node,
  sheet,
}: {
  readonly tab: Exclude<Tab, 'figures'>
  readonly node: string
  readonly sheet: NodeSheet | undefined
}): VNode {
  switch (tab) {
    case 'history':
      return <NodeHistory node={node} />
    case 'machine':
      return <NodeMachine node={node} sheet={sheet} />
    case 'loggers':
      return <NodeLoggers node={node} sheet={sheet} />
    case 'cron':
      return <NodeCron node={node} />
    case 'env':
      return <NodeEnv node={node} sheet={sheet} />
    case 'registrar':
      return <NodeRegistrar node={node} />
    case 'config':
      return <NodeConfig node={node} />
  }
}

function About({ sheet }: { readonly sheet: NodeSheet }): VNode {
  const { program } = sheet
  const parts = [
    `Troupe ${sheet.version}`,
    `Node ${program.nodeVersion.replace(/^v/, '')}`,
    `${program.platform} on ${program.hostName}`,
    `process ${program.osPid}`,
    `born ${dateTime(sheet.creation)}`,
  ]
  return <>{parts.join(' · ')}</>
}
