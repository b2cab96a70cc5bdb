import { utf8 } from './text.ts'
import { type Maker, single, type World } from './world.ts'

const EXTENSIONS = ['', '정적VI', '동적VI', '동정적VI'].map(utf8)

/** 0g: the day's limits and why an auction was prolonged; a lone space means nothing. */
export function stockInfoMaker(world: World): Maker {
  return single(item => {
    const { upperLimit, lowerLimit, previousClose } = world.instrument(item)
    return (
      `{"297":"${world.random.pick(EXTENSIONS)}","592":" ","593":" ","305":"+${upperLimit}","306":"-${lowerLimit}","307":"${previousClose}",` +
      '"689":"","594":"","382":"","370":""}'
    )
  })
}
