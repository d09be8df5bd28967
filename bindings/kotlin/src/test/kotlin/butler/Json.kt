package butler

import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.ObjectMapper
import java.lang.reflect.Modifier
import java.time.Instant

/** JSON as a test reads and compares it: maps, lists, texts, numbers, truth and null. */
object Json {
    private val mapper = ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)

    fun read(text: String): Any? = mapper.readValue(text, Any::class.java)

    /**
     * A value of the library as the contract of the calls writes it: names as they are here, what is empty left out, a `Value`
     * as the plain scalar, a choice by its name, an identifier, a day, an instant as text.
     */
    fun of(value: Any?): Any? = when (value) {
        null, is String, is Boolean -> value
        is Float, is Double -> (value as Number).toDouble()
        is Number -> value.toLong()
        is UByte, is UShort, is UInt, is ULong -> value.toString().toLong()
        is ByteArray -> "${value.size} bytes"
        is Enum<*> -> camel(value.name)
        is Instant, is java.time.LocalDate, is java.time.YearMonth, is PartialDate, is Birthday, is java.io.File -> value.toString()
        is List<*> -> value.map(::of)
        is Map<*, *> -> value.entries.associate { (name, part) -> of(name) as String to of(part) }
        is Value -> parts(value).values.single()
        else -> {
            val (type, parts) = value.javaClass to parts(value)
            val variant = type.simpleName.replaceFirstChar(Char::lowercase)
            when {
                type.isAnnotationPresent(JvmInline::class.java) -> parts.values.single()
                // A variant of a sealed class or of an error.
                type.superclass == Any::class.java -> parts.filterValues { !isEmpty(it) }
                parts.isEmpty() -> variant
                parts.keys.singleOrNull() == "v1" -> mapOf(variant to parts.values.single())
                else -> mapOf(variant to parts.filterValues { !isEmpty(it) })
            }
        }
    }

    /** What a class of the library holds, by name. */
    private fun parts(value: Any): Map<String, Any?> =
        value.javaClass.declaredFields.filter { !Modifier.isStatic(it.modifiers) }.associate { field ->
            field.isAccessible = true
            field.name to of(field.get(value))
        }

    private fun isEmpty(value: Any?) = value == null || value == "" || value == emptyList<Any>() || value == emptyMap<Any, Any>()

    /** `RENTED_OUT` as `rentedOut`. */
    private fun camel(name: String) =
        name.lowercase().split('_').joinToString("") { it.replaceFirstChar(Char::uppercase) }.replaceFirstChar(Char::lowercase)

    /** The first difference, and where it is; null when there is none. */
    fun difference(expected: Any?, actual: Any?, at: String = ""): String? = when {
        expected is Map<*, *> && actual is Map<*, *> ->
            (expected.keys + actual.keys).firstNotNullOfOrNull { difference(expected[it], actual[it], "$at.$it") }
        expected is List<*> && actual is List<*> && expected.size == actual.size ->
            expected.indices.firstNotNullOfOrNull { difference(expected[it], actual[it], "$at.$it") }
        expected is Number && actual is Number && expected.toDouble() == actual.toDouble() -> null
        expected == actual -> null
        else -> "$at: $actual instead of $expected"
    }
}
