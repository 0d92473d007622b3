/**
 * test/store/full-child: a program whose files may not grow beyond what its parent allows.
 *
 * It stores more than fits, says what its disk says, and on `again` tries until the disk takes
 * everything; on `close` it ends in order, whatever the disk does.
 */
import { archiveIn, reportOf } from '#test/store/data-folder'

const VEHICLES = 20_000
// What would end a program that writes too much is an error of the write from now on.
process.on('SIGXFSZ', () => {})

const archive = await archiveIn(process.argv[2])
const { table, writeBehind } = archive
for (let i = 0; i < VEHICLES; i += 1) table.put(reportOf(`v${i}`, i))

process.on('message', async (order) => {
  if (order === 'again') await writeBehind?.close()
  if (order === 'close') {
    await archive.close()
    process.disconnect()
    return
  }
  process.send?.({ ...writeBehind?.stats(), vehicles: table.size })
})
await writeBehind?.flush()
process.send?.({ ...writeBehind?.stats(), vehicles: table.size })
