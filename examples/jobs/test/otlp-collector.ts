/**
 * examples/jobs/test/otlp-collector: takes spans by OTLP over HTTP, as a collector does, and tells
 * which trace is whole.
 *
 * @source OpenTelemetry Protocol 1.3, "OTLP/HTTP", JSON
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** A span as it comes, with the program it is of. */
export interface Collected {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  /** The node, as the resource of its program says. */
  readonly node: string
}

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}

interface Given {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Collected, 'node'>[] }[]
  }[]
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text
}

export class OtlpCollector {
  readonly endpoint: string
  readonly spans: Collected[] = []
  /** Each is woken by the next spans. */
  readonly #waiting: (() => void)[] = []

  private constructor(endpoint: string) {
    this.endpoint = endpoint
  }

  /** Listens until the end of the test. */
  static async start(t: TestContext): Promise<OtlpCollector> {
    const server = createServer((request, response) => {
      void bodyOf(request).then((text) => {
        const isTraces = request.method === 'POST' && request.url === '/v1/traces'
        if (isTraces) collector.#take(JSON.parse(text) as Given)
        const headers = { 'content-type': 'application/json' }
        response.writeHead(isTraces ? 200 : 404, headers).end('{}')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => {
      server.close()
      server.closeAllConnections()
    })
    const { port } = server.address() as AddressInfo
    const collector = new OtlpCollector(`http://127.0.0.1:${port}`)
    return collector
  }

  #take({ resourceSpans }: Given): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const own = resource.attributes.find(({ key }) => key === 'service.instance.id')
      const node = own?.value.stringValue ?? ''
      for (const { spans } of scopeSpans) {
        for (const span of spans) this.spans.push({ ...span, node })
      }
    }
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Waits until the spans of one trace fit; gives them. */
  async traceWhen(
    traceId: string,
    fits: (spans: readonly Collected[]) => boolean,
  ): Promise<readonly Collected[]> {
    for (;;) {
      const spans = this.spans.filter((span) => span.traceId === traceId)
      if (fits(spans)) return spans
      await new Promise<void>((wake) => {
        this.#waiting.push(wake)
      })
    }
  }
}

/** Fails unless each span hangs on another one of them, or on that of the client. */
export function assertConnected(spans: readonly Collected[], client: string): void {
  const known = new Set([client, ...spans.map(({ spanId }) => spanId)])
  assert.equal(known.size, spans.length + 1, 'each span has an id of its own')
  const loose = spans.filter(({ parentSpanId = '' }) => !known.has(parentSpanId))
  assert.deepEqual(loose, [])
  assert.ok(spans.some(({ parentSpanId }) => parentSpanId === client))
}

/** True when each span hangs on another one of them or on the client's. */
export const isConnected = (spans: readonly Collected[], client: string): boolean => {
  const known = new Set([client, ...spans.map(({ spanId }) => spanId)])
  return spans.every(({ parentSpanId = '' }) => known.has(parentSpanId))
}
