/**
 * metrics/test/stage: a real node with the application under test, on a port of its own.
 */
import { request as httpRequest } from 'node:http'
import { type ApplicationSpec, type Node, type NodeOptions, startNode } from 'troupe'

/** What a server answered. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export interface Stage {
  readonly node: Node
  readonly port: number
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Answered>
}

/** The port that a node's web port has opened. */
export function portOf(node: Node, name = 'metrics'): number {
  const tag = node.applicationInfo(name)?.tags.find((one) => one.startsWith(`${name}-at=`)) ?? ''
  return Number(new URL(tag.slice(tag.indexOf('=') + 1)).port)
}

/** One request with Node's own client, which sends any header. */
export function get(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers, method, agent: false }
    const asked = httpRequest(options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        body += part
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** Runs a case on a node with these applications, of which the first is the one under test. */
export async function onNode(
  applications: readonly ApplicationSpec[],
  run: (stage: Stage) => Promise<void>,
  options: NodeOptions = {},
): Promise<void> {
  const quiet = { logSinks: [], handleSignals: false, stopTimeoutMs: 100 }
  const node = await startNode('metrics@localhost', { ...quiet, ...options, applications })
  try {
    const port = portOf(node, applications[0]?.name)
    await run({ node, port, get: (path, headers, method) => get(port, path, headers, method) })
  } finally {
    await node.stop()
  }
}
