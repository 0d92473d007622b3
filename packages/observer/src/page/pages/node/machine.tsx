/**
 * page/pages/node/machine: what a node runs on: its program, the machine, and what Node is made of.
 */
import type { VNode } from 'preact'
import type { NodeSheet } from 'troupe'
import { bytes, count, dateTime } from '#page/base/format'
import { Card, KeyValue, Skeleton } from '#page/kit/basics'

/** The program, its machine, and versions. */
export function NodeMachine({ sheet }: { readonly sheet: NodeSheet | undefined }): VNode {
  if (sheet === undefined) return <Skeleton height={300} />
  const { program } = sheet
  const versions = Object.entries(program.versions).sort(([one], [other]) => (one < other ? -1 : 1))
  return (
    <div class="masonry masonry-cards">
      <Card title="Program">
        <KeyValue
          rows={[
            ['Troupe', sheet.version],
            ['Node', program.nodeVersion],
            ['Process', String(program.osPid)],
            ['Born', dateTime(sheet.creation)],
            ['Its clock', dateTime(sheet.timeMs)],
            ['Time zone', program.timeZone],
            ['Resident memory', bytes(program.memory.rssBytes)],
          ]}
        />
      </Card>
      <Card title="Machine">
        <KeyValue
          rows={[
            ['Host', program.hostName],
            ['Platform', program.platform],
            ['Release', program.osRelease],
            ['Cores', count(program.cores)],
          ]}
        />
      </Card>
      <Card title="What Node is made of" note={`${versions.length} versions`}>
        <KeyValue rows={versions} />
      </Card>
    </div>
  )
}
