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
UNKNOWN = 5.0  # seconds after which a question that is not being answered, and cannot be in line, is unknown
LONGEST = 900.0  # seconds that a question may take, its time in the queue included
GRACE = 3.0  # seconds in which a browser that lost the line may come back


def add_stream(app: FastAPI, runs: Runs) -> None:
    """Add the routes that tell how far a question is, and that stop it."""

    @app.get("/gesprek/{token}/voortgang")
    async def progress(token: str) -> StreamingResponse:
        run = runs.of(token)
        # A browser may ask how far its question is before the question itself is read.
        if run is None or not await _known(run, runs):
            raise HTTPException(404, "Er is geen vraag met dit kenmerk. (There is no question with this token.)")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(run, runs), media_type="text/event-stream", headers=headers)

    @app.post("/gesprek/{token}/stop")
    async def stop(token: str) -> Response:
        run = runs.of(token)
        if run is None:
            raise HTTPException(404)
        run.stop.set()
        return Response(status_code=204)


async def _known(run: Run, runs: Runs) -> bool:
    """Whether a question is being answered or may be in line; waits a little for one that may still come."""
    clock = asyncio.get_running_loop()
    end = clock.time() + UNKNOWN
    while not (run.begun or runs.may_wait(run)):
        if clock.time() > end:
            return False
        await asyncio.sleep(LOOK)
    return True


async def _events(run: Run, runs: Runs) -> AsyncIterator[str]:
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
                if not run.begun and not await _known(run, runs):
                    break
            await asyncio.sleep(LOOK)
        yield "event: over\ndata: {}\n\n"
    finally:
        run.watchers -= 1
        if not run.over:
            clock.call_later(GRACE, run.abandon)
