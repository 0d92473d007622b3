/**
 * page/pages/metrics/none: there is nothing to show, and what can be done about that.
 */
import type { VNode } from 'preact'
import { Card, Empty } from '#page/kit/basics'
import type { ToldMetrics } from '#page/model/metrics'

const SAMPLE = `import { metrics } from '@troupe/metrics'
import { startNode } from 'troupe'

const node = await startNode('shop@localhost', { applications: [metrics(), shop] })

// In any process of that node:
await context.call('metrics', 'registerCounter', { name: 'shop_sales_total', help: 'Sales.' })
context.send('metrics', 'counterAdd', { name: 'shop_sales_total' })`

export function NoMetrics({
  node,
  sheet,
}: {
  readonly node: string | undefined
  readonly sheet: ToldMetrics
}): VNode {
  if (sheet.state === 'none') return <HowTo where={node ?? 'any node'} />
  if (sheet.state === 'silent') {
    return (
      <Empty title="Its process metrics does not answer">
        It is blocked, or starts anew: look for it among the processes of {node}.
      </Empty>
    )
  }
  if (sheet.readMs === 0) {
    return <Empty title="Being read">A metric of the program takes long to collect.</Empty>
  }
  return <Empty title="No metric is so">Search for a part of its name or its meaning.</Empty>
}

const HowTo = ({ where }: { readonly where: string }): VNode => (
  <>
    <Empty title={`Nobody measures on ${where}`}>
      What Troupe counts itself is on the page of the node. For metrics of your program, and for
      Prometheus, start the application metrics there:
    </Empty>
    <Card title="How to start it">
      <pre class="sample mono">{SAMPLE}</pre>
    </Card>
  </>
)
