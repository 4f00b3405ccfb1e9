"""Time: hours, slots, holds, lifecycle."""
