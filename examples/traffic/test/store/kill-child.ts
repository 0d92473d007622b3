/**
 * test/store/kill-child: a program that stores what its parent tells it, and is killed.
 *
 * It answers each order when it is done: a flush when all that was put before is on disk.
 */
import { archiveIn, reportOf } from '#test/store/data-folder'

export type Order =
  | { readonly kind: 'put'; readonly id: string; readonly sequence: number }
  | { readonly kind: 'flush'; readonly number: number }

export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'flushed'; readonly number: number }

const archive = await archiveIn(process.argv[2])

async function obey(order: Order): Promise<void> {
  if (order.kind === 'put') {
    archive.table.put(reportOf(order.id, order.sequence))
    return
  }
  await archive.writeBehind?.flush()
  const told: Told = { kind: 'flushed', number: order.number }
  process.send?.(told)
}

process.on('message', (orders: readonly Order[]) => {
  for (const order of orders) void obey(order)
})
const told: Told = { kind: 'ready' }
process.send?.(told)
