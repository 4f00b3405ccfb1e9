"""Video rooms as a Jitsi installation with token authentication has them, without the video."""

GATEWAY = "jitsi"
PREFIX = "/rooms"
