"""Measures the assistant: cases, measures, the runner behind `assistant eval`, its reports and rival systems."""
