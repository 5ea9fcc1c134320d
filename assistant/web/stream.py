"""The way of an answer to the browser while it is being made: steps and proven sentences as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import FastAPI, HTTPException
from fastapi.responses import Response, StreamingResponse

from assistant.web.running import Run, Runs

LOOK = 0.05  # seconds between looks whether there is something to tell
BEAT = 10.0  # seconds of silence after which a comment shows that the line is open
LONGEST = 900.0  # seconds that a question may take, its time in the queue included
GRACE = 3.0  # seconds in which a browser that lost the line may come back


def add_stream(app: FastAPI, runs: Runs) -> None:
    """Add the routes that tell how far a question is, and that stop it."""

    @app.get("/gesprek/{token}/voortgang")
    async def progress(token: str) -> StreamingResponse:
        run = runs.of(token)
        if run is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(run), media_type="text/event-stream", headers=headers)

    @app.post("/gesprek/{token}/stop")
    async def stop(token: str) -> Response:
        run = runs.of(token)
        if run is None:
            raise HTTPException(404)
        run.stop.set()
        return Response(status_code=204)


async def _events(run: Run) -> AsyncIterator[str]:
    """What changes, until the answer is there. Who leaves before that stops the question, unless he comes back soon."""
    run.watchers += 1
    told, clock = -1, asyncio.get_running_loop()
    started = beaten = clock.time()
    try:
        while not run.over and clock.time() - started < LONGEST:
            if run.changes != told:
                told, beaten = run.changes, clock.time()
                yield f"data: {json.dumps({'step': run.step, 'html': run.html})}\n\n"
            elif clock.time() - beaten > BEAT:
                beaten = clock.time()
                yield ": nog bezig\n\n"
            await asyncio.sleep(LOOK)
        yield "event: over\ndata: {}\n\n"
    finally:
        run.watchers -= 1
        if not run.over:
            clock.call_later(GRACE, run.abandon)
