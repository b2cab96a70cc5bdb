import { expect, test } from 'vitest'
import { decodeLogDirs } from '../src/kafkajs/broker-disks.ts'

const int64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}
const compact = (value: string) => Buffer.concat([Buffer.from([value.length + 1]), Buffer.from(value)])
const folder = (error: number, path: string, topics: Buffer, total: number, free: number) =>
  Buffer.concat([Buffer.from([0, error]), compact(path), topics, int64(total), int64(free), Buffer.from([0])])
const none = Buffer.from([1])
/** One topic with one partition, which takes 7 bytes. */
const one = Buffer.concat([Buffer.from([2]), compact('trade'), Buffer.from([2, 0, 0, 0, 3]), int64(7), int64(0), Buffer.from([0, 0, 0])])
const answer = (error: number, folders: readonly Buffer[]) =>
  Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, error, folders.length + 1]), ...folders, Buffer.from([0])])

test('a broker tells the room of each of its folders, whether or not it names the partitions in them', () => {
  expect(decodeLogDirs(answer(0, [folder(0, '/one', none, 5e12, 4e12), folder(56, '/two', one, -1, -1)]))).toEqual({
    clientSideThrottleTime: 0,
    errorCode: 0,
    folders: [
      { errorCode: 0, folder: '/one', totalBytes: 5e12, freeBytes: 4e12 },
      { errorCode: 56, folder: '/two', totalBytes: -1, freeBytes: -1 },
    ],
  })
})

test('a refusal is told by its code', () => {
  expect(decodeLogDirs(answer(31, []))).toMatchObject({ errorCode: 31, folders: [] })
})
