"""Registers a type with an item at a venue, as a user of kiwoom-client does, and prints so many REAL frames, one a line."""

import asyncio
import json
import sys

from kiwoom_client import KiwoomAPI
from kiwoom_client.websocket import KiwoomWebSocket


async def main(rest_url, socket_url, kind, item, count):
    with KiwoomAPI("app-key", "secret-key", base_url=rest_url) as api:
        token = api.login()["token"]
    socket = KiwoomWebSocket(token, ws_url=f"{socket_url}/api/dostk/websocket", reconnect_delay=0.2)
    got = 0

    async def take(frame):
        nonlocal got
        if frame.get("trnm") != "REAL":
            return
        got += 1
        print(json.dumps(frame, ensure_ascii=False))
        if got == int(count):
            await socket.disconnect()

    socket.on_message(take)
    async with socket:
        await socket.subscribe(kind, item)
        await socket.listen()


asyncio.run(main(*sys.argv[1:]))
