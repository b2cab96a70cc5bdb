import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, TcpProxy } from '../src/index.ts'

/** A server that answers each line with `done <line>` and remembers what it was asked, behind a proxy. */
async function proxied() {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => {}))
    socket.on('data', bytes => {
      asked.push(bytes.toString())
      socket.write(`done ${bytes}`)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await TcpProxy.open({ target: { port: (server.address() as AddressInfo).port } })
  onTestFinished(async () => {
    await proxy.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { proxy, asked }
}

async function client(proxy: TcpProxy) {
  const socket = connect(proxy.port, '127.0.0.1')
  const state = { answers: '', error: '', socket }
  socket.on('data', bytes => {
    state.answers += bytes
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state.error = error.code ?? ''
  })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return state
}

test('passes bytes both ways and counts connections', async () => {
  const { proxy } = await proxied()
  const { socket, ...state } = await client(proxy)
  socket.on('data', bytes => {
    state.answers += bytes
  })
  socket.write('a')
  await eventually(() => expect(state.answers).toBe('done a'))
  expect(proxy.connections).toBe(1)
})

test('cut resets connections and refuses new ones until restored at the same port', async () => {
  const { proxy } = await proxied()
  const before = await client(proxy)
  await proxy.cut()
  await eventually(() => expect(before.error).toBe('ECONNRESET'))
  await expect(client(proxy)).rejects.toThrow('ECONNREFUSED')
  await proxy.restore()
  const after = await client(proxy)
  after.socket.write('b')
  await eventually(() => expect(after.answers).toBe('done b'))
})

test('stall keeps connections and passes nothing until restored', async () => {
  const { proxy, asked } = await proxied()
  const old = await client(proxy)
  proxy.stall()
  old.socket.write('c')
  const fresh = await client(proxy)
  fresh.socket.write('d')
  await expect(eventually(() => asked.length > 0, { timeoutMs: 200 })).rejects.toThrow()
  await proxy.restore()
  await eventually(() => expect([old.answers, fresh.answers]).toEqual(['done c', 'done d']))
})

test('cutAfterRequest lets the matching request be carried out and the client never hears of it', async () => {
  const { proxy, asked } = await proxied()
  const [one, other] = await Promise.all([client(proxy), client(proxy)])
  const happened = proxy.cutAfterRequest(bytes => bytes.toString() === 'write')
  one.socket.write('read')
  await eventually(() => expect(one.answers).toBe('done read'))
  one.socket.write('write')
  await happened
  await eventually(() => expect(one.error).toBe('ECONNRESET'))
  expect([asked, one.answers]).toEqual([['read', 'write'], 'done read'])
  other.socket.write('still here')
  await eventually(() => expect(other.answers).toBe('done still here'))
})

test('an impaired connection passes answers on late and in pieces, and keeps their order', async () => {
  const { proxy } = await proxied()
  const { socket, ...state } = await client(proxy)
  const pieces: string[] = []
  socket.on('data', bytes => pieces.push(bytes.toString()))
  proxy.impair({ delayMs: 100, pieceBytes: 2 })
  const startedMs = performance.now()
  socket.write('abcdef')
  await eventually(() => expect(pieces.join('')).toBe('done abcdef'))
  expect(performance.now() - startedMs).toBeGreaterThan(90)
  expect(pieces.length).toBeGreaterThan(1)
  await proxy.restore()
  socket.write('g')
  await eventually(() => expect(pieces.join('')).toBe('done abcdefdone g'))
  expect(state.error).toBe('')
})

test('a request that is swallowed never reaches the server, and the next one does', async () => {
  const { proxy, asked } = await proxied()
  const { socket } = await client(proxy)
  const swallowed = proxy.swallowRequest(bytes => bytes.includes('lose me'))
  socket.write('lose me')
  await swallowed
  socket.write('keep me')
  await eventually(() => expect(asked).toEqual(['keep me']))
})
