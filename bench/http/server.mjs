/**
 * bench/http/server: what answers in one measurement, in a process of its own.
 *
 * `server.mjs KIND`: opens a free port of 127.0.0.1, prints `port N`, and on each line on its input
 * prints its CPU so far as { cpuSeconds }. All kinds do the same: a GET is answered with a small
 * JSON object made for it, a POST with the length of its body, which is read to its end. Limits
 * and time-outs are as each comes; Fastify does not log.
 */
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

const [kind = 'actor'] = process.argv.slice(2)
const HOST = '127.0.0.1'
const TYPE = 'application/json'

const greeting = (path) => JSON.stringify({ hello: 'world', path })
const lengthOf = (length) => JSON.stringify({ length })

function serve(request, response) {
  const send = (body) => {
    response.writeHead(200, { 'content-type': TYPE, 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }
  if (request.method === 'GET') {
    send(greeting(request.url))
    return
  }
  // Read whole, as the others read it: a body that is only measured would be less work.
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    send(lengthOf(body.length))
  })
}

async function bare() {
  const server = createServer(serve)
  await new Promise((resolve) => server.listen(0, HOST, resolve))
  return server.address().port
}

async function fastify() {
  const app = (await import('fastify')).default()
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  app.get('/*', (request) => ({ hello: 'world', path: request.url }))
  app.post('/*', (request) => ({ length: request.body.length }))
  await app.listen({ port: 0, host: HOST })
  return app.server.address().port
}

const value = (body) => ({ status: 200, headers: { 'content-type': TYPE }, body })
const HEADERS = { headers: { 'content-type': TYPE } }

/** What the web port is told to answer with, by kind. */
const ANSWERING = {
  actor: () => ({ handler: 'desk' }),
  serve: () => ({ serve }),
  fetch: () => ({
    fetch: async (request) => {
      if (request.method === 'GET') return new Response(greeting(pathOf(request.url)), HEADERS)
      return new Response(lengthOf((await request.arrayBuffer()).byteLength), HEADERS)
    },
  }),
  value: () => ({
    fetch: async (request) => {
      if (request.method === 'GET') return value(greeting(pathOf(request.url)))
      return value(lengthOf((await request.arrayBuffer()).byteLength))
    },
  }),
  light: async () => {
    const { LightResponse } = await import('troupe')
    return {
      fetch: async (request) => {
        const isGet = request.method === 'GET'
        const body = isGet
          ? greeting(pathOf(request.url))
          : lengthOf((await request.arrayBuffer()).byteLength)
        return new LightResponse(body, HEADERS)
      },
    }
  },
  'hono-light': async () => {
    globalThis.Response = (await import('troupe')).LightResponse
    return ANSWERING.hono()
  },
  hono: async () => {
    const { Hono } = await import('hono')
    const app = new Hono()
    app.get('/*', (context) => context.json({ hello: 'world', path: context.req.path }))
    app.post('/*', async (context) =>
      context.json({ length: (await context.req.arrayBuffer()).byteLength }),
    )
    return { fetch: app.fetch }
  },
}

const pathOf = (url) => url.slice(url.indexOf('/', 8))

async function troupe() {
  const { openWeb, startNode, WebHandler, actor, webPort } = await import('troupe')
  const node = await startNode('bench@localhost', { handleSignals: false, logSinks: [] })
  const desk = actor(WebHandler, {
    on: {
      handle: (_state, { method, path, body }) =>
        value(method === 'GET' ? greeting(path) : lengthOf(body.length)),
    },
  })
  await node.spawn(desk, { name: 'desk' })
  const listener = await openWeb({ port: 0, hosts: [HOST] })
  await node.spawn(webPort, { args: [{ listener, ...(await ANSWERING[kind]()) }] })
  return listener.port
}

const KINDS = { bare, fastify }
const port = await (KINDS[kind] ?? troupe)()
console.log(`port ${port}`)
const input = createInterface({ input: process.stdin })
input.on('line', () => {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6 }))
})
// Whoever started it has gone.
input.on('close', () => process.exit(0))
