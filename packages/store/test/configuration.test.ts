import { join } from 'node:path'
import { parseConfiguration } from '@tickhouse/store'
import { expect, test } from 'vitest'

test('an address is enough', () => {
  expect(parseConfiguration('http::addr=127.0.0.1:9001')).toEqual({
    secure: false,
    host: '127.0.0.1',
    port: 9001,
    authorization: undefined,
    verifyCertificate: true,
    certificateAuthority: undefined,
    requestTimeoutMs: 10_000,
    minBytesPerSecond: 102_400,
  })
})

test('the port is 9000 unless told', () => {
  expect(parseConfiguration('https::addr=questdb;')).toMatchObject({ secure: true, host: 'questdb', port: 9000 })
})

test('credentials become a header', () => {
  const basic = parseConfiguration('http::addr=q:9000;username=admin;password=a;;b=c;').authorization
  expect(basic).toBe(`Basic ${Buffer.from('admin:a;b=c').toString('base64')}`)
  expect(parseConfiguration('http::addr=q:9000;token=abc;').authorization).toBe('Bearer abc')
})

test('limits are taken as the official client names them', () => {
  const text = 'https::addr=q:9000;request_timeout=250;request_min_throughput=1000;tls_verify=unsafe_off;retry_timeout=5;auto_flush=off;'
  expect(parseConfiguration(text)).toMatchObject({ requestTimeoutMs: 250, minBytesPerSecond: 1000, verifyCertificate: false })
})

test('tls_ca names a file', () => {
  const path = join(import.meta.dirname, 'configuration.test.ts')
  expect(parseConfiguration(`https::addr=q:9000;tls_ca=${path};`).certificateAuthority?.length).toBeGreaterThan(0)
})

test.each([
  ['', 'Configuration string is missing or empty'],
  ['127.0.0.1:9000', 'Missing protocol'],
  ['http::', "'addr' is required"],
  ['http::addr=q:abc', "Invalid port: 'abc'"],
  ['http::addr=q:70000', 'Expected addr=host:port, was "q:70000"'],
  ['tcp::addr=q:9009', 'Expected http:: or https::, was "tcp::"'],
  ['http::addr=q;nonsense=1', "Unknown configuration key: 'nonsense'"],
  ['http::addr=q;username=admin', 'Expected username and password together'],
  ['http::addr=q;request_timeout=fast', "not a number: 'fast'"],
  ['https::addr=q;tls_ca=/nowhere/ca.pem', 'Expected tls_ca to name a readable file, was "/nowhere/ca.pem"'],
])('%o is refused: %s', (text, problem) => {
  expect(() => parseConfiguration(text)).toThrow(expect.objectContaining({ code: 'STORE_CONFIGURATION_INVALID' }))
  expect(() => parseConfiguration(text)).toThrow(problem)
})

test.each(['http::addr=q;username=u;password=se;cret;', 'http::addr=q;token=se\u0001cret', 'http::addr=q;password=x;cret=1'])(
  'what is wrong with %o is said without any of the secret',
  text => {
    expect(() => parseConfiguration(text)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('cret') }))
  },
)
